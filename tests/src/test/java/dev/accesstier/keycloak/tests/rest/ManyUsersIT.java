// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists, counts, bulk and files: 100 federated users of all tiers in turn, and 12 local ones. */
@TestInstance(Lifecycle.PER_CLASS)
final class ManyUsersIT {

  private static final int FEDERATED = 100;
  private static final int LOCAL = 12;

  private final TierRealm realm = new TierRealm();
  private Api api;

  @BeforeAll
  void makePeople() {
    realm.many("m", FEDERATED);
    for (int i = 0; i < LOCAL; i++) {
      realm.local("local" + i + "@example.test");
    }
    api = realm.asMaster();
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void pagesHoldEveryoneOnceInOneOrder() {
    List<String> ids = new ArrayList<>();
    // Other tests of this class sign people in whom they make.
    int everyone = api.get("users?max=0").json(200).get("total").asInt();
    assertThat(everyone).isGreaterThanOrEqualTo(FEDERATED + LOCAL);
    for (int first = 0; first < everyone; first += 7) {
      JsonNode page = api.get("users?max=7&first=" + first).json(200);
      assertThat(page.get("total").asInt()).isEqualTo(everyone);
      page.get("users").forEach(user -> ids.add(user.get("id").asText()));
    }
    List<String> atOnce = new ArrayList<>();
    api.get("users?max=1000").json(200).get("users").forEach(u -> atOnce.add(u.get("id").asText()));
    assertThat(ids).hasSize(everyone).doesNotHaveDuplicates().isEqualTo(atOnce);
    assertThat(api.get("users?first=5000").json(200).get("users")).isEmpty();
    assertThat(api.get("users?max=0").json(200).get("users")).isEmpty();
    assertThat(api.get("users").json(200).get("users")).hasSize(50);
  }

  @Test
  void aUserIsListedWithEverythingOfTheirs() {
    JsonNode user = api.get("users?search=m17@example.test").json(200).get("users").get(0);
    assertThat(user.get("email").asText()).isEqualTo("m17@example.test");
    assertThat(user.get("name").asText()).isEqualTo("Sample User17");
    assertThat(user.get("role").asText()).isEqualTo("user");
    assertThat(user.get("accessTier").asText()).isEqualTo(realm.column(user.get("id").asText()));
    assertThat(user.get("createdAt").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    JsonNode local = api.get("users?search=local3").json(200).get("users").get(0);
    assertThat(local.get("name").asText()).isEqualTo("Lou Local");
    assertThat(local.get("accessTier").asText()).isEqualTo("public");
  }

  @ParameterizedTest
  @ValueSource(strings = {"guest", "public", "beta", "alpha", "founder"})
  void aTierListsThoseWhoHaveIt(String tier) {
    JsonNode found = api.get("users?max=1000&tier=" + tier).json(200);
    assertThat(found.get("users")).allMatch(user -> user.get("accessTier").asText().equals(tier));
    assertThat(found.get("total").asInt()).isEqualTo(found.get("users").size());
    assertThat(found.get("total").asInt())
        .isEqualTo(api.get("summary").json(200).get("users").get(tier).asInt());
    if (tier.equals("public")) {
      assertThat(found.toString()).contains("local0@example.test");
    }
  }

  @Test
  void manyAreChangedByFilter() {
    try (TierRealm own = new TierRealm()) {
      own.many("b", 450);
      own.local("b-local@example.test");
      String filter = "\"filter\":{\"tier\":\"public\"}";
      JsonNode before =
          own.asMaster()
              .post("users/tier", "{" + filter + ",\"tier\":\"alpha\",\"dryRun\":true}")
              .json(200);
      assertThat(before.toString())
          .isEqualTo(
              "{\"matched\":91,\"changed\":91,\"unchanged\":0,\"failed\":[],\"failedLeftOut\":0}");
      assertThat(own.asMaster().get("history").json(200)).isEmpty();

      JsonNode done =
          own.asMaster()
              .post("users/tier", "{" + filter + ",\"tier\":\"alpha\",\"reason\":\"phase two\"}")
              .json(200);

      assertThat(done).isEqualTo(before);
      assertThat(own.one("select count(*) from auth.users where access_tier = 'public'"))
          .isEqualTo("0");
      assertThat(own.one("select count(*) from auth.users where access_tier = 'alpha'"))
          .isEqualTo("180");
      JsonNode trail = own.asMaster().get("history?max=1000").json(200);
      assertThat(trail).hasSize(91);
      assertThat(trail)
          .allSatisfy(
              entry -> {
                assertThat(entry.get("change").get("source").asText()).isEqualTo("bulk");
                assertThat(entry.get("change").get("reason").asText()).isEqualTo("phase two");
              });
      assertThat(
              own.asMaster()
                  .post("users/tier", "{\"filter\":{},\"all\":true,\"tier\":\"alpha\"}")
                  .json(200)
                  .toString())
          .isEqualTo(
              "{\"matched\":451,\"changed\":270,\"unchanged\":181,\"failed\":[],\"failedLeftOut\":0}");
    }
  }

  @Test
  void manyAreChangedById() {
    String federated = realm.federated("by-id@example.test", "beta");
    String local = realm.local("by-id-local@example.test");
    String last = federated.substring(federated.lastIndexOf(':') + 1);
    JsonNode done =
        api.post(
                "users/tier",
                "{\"ids\":[\"%s\",\"%s\",\"nobody\"],\"tier\":\"founder\"}".formatted(last, local))
            .json(200);
    assertThat(done.toString())
        .isEqualTo(
            "{\"matched\":2,\"changed\":2,\"unchanged\":0,\"failed\":[{\"id\":\"nobody\",\"error\":\"User not found\",\"code\":\"user_not_found\"}],\"failedLeftOut\":0}");
    assertThat(realm.column(federated)).isEqualTo("founder");
    assertThat(api.get("users/" + local + "/tier").json(200).get("accessTier").asText())
        .isEqualTo("founder");
  }

  @Test
  void aUserNamedByTwoIdsIsChangedOnce() {
    String id = realm.federated("two-ids@example.test", "beta");
    String last = id.substring(id.lastIndexOf(':') + 1);
    JsonNode done =
        api.post("users/tier", "{\"ids\":[\"%s\",\"%s\"],\"tier\":\"alpha\"}".formatted(last, id))
            .json(200);
    assertThat(done.toString())
        .isEqualTo(
            "{\"matched\":1,\"changed\":1,\"unchanged\":0,\"failed\":[{\"id\":\"%s\",\"error\":\"The user is named before by another id\",\"code\":\"named_twice\"}],\"failedLeftOut\":0}"
                .formatted(id));
    String file = "id,email,access_tier\n" + last + ",,founder\n" + id + ",,guest\n";
    JsonNode dry = importFile(realm, file, "?dryRun=true");
    JsonNode imported = importFile(realm, file, "");
    assertThat(imported).isEqualTo(dry);
    assertThat(imported.get("changed").asInt()).isEqualTo(1);
    assertThat(imported.get("failed").get(0).get("line").asInt()).isEqualTo(3);
    assertThat(realm.column(id)).isEqualTo("founder");
  }

  @Test
  void aLongListOfFailuresIsCut() {
    JsonNode done = importFile(realm, "id,email,access_tier\n" + ",,\n".repeat(1500), "");
    assertThat(done.get("failed")).hasSize(1000);
    assertThat(done.get("failed").get(999).get("line").asInt()).isEqualTo(1001);
    assertThat(done.get("failedLeftOut").asInt()).isEqualTo(500);
    String ids =
        IntStream.range(0, 1200).mapToObj(i -> "\"n" + i + "\"").collect(Collectors.joining(","));
    JsonNode bulk = api.post("users/tier", "{\"ids\":[" + ids + "],\"tier\":\"beta\"}").json(200);
    assertThat(bulk.get("failed")).hasSize(1000);
    assertThat(bulk.get("failedLeftOut").asInt()).isEqualTo(200);
  }

  /** A page of the trail is about as many people, whose names are not looked up one by one. */
  @Test
  void aPageOfTheTrailTakesFewStatements() {
    try (TierRealm own = new TierRealm()) {
      own.many("h", 30);
      own.logStatements();
      own.asMaster()
          .post("users/tier", "{\"filter\":{},\"all\":true,\"tier\":\"founder\"}")
          .json(200);
      own.keycloak().clearUserCache();
      List<String> statements =
          new AuthStatements()
              .during(
                  () ->
                      assertThat(own.asMaster().get("history?max=1000").json(200))
                          .hasSizeGreaterThan(20)
                          .allSatisfy(
                              entry ->
                                  assertThat(entry.get("name").asText())
                                      .matches("h\\d+@example.test")));
      assertThat(statements).hasSize(1);
    }
  }

  @Test
  void tenThousandUsersInOneCall() {
    try (TierRealm own = new TierRealm()) {
      own.many("t", 10_000);
      JsonNode done =
          own.asMaster()
              .post("users/tier", "{\"filter\":{\"search\":\"t\"},\"tier\":\"founder\"}")
              .json(200);
      assertThat(done.get("matched").asInt()).isEqualTo(10_000);
      assertThat(done.get("changed").asInt()).isEqualTo(8_000);
      assertThat(own.one("select count(*) from auth.users where access_tier <> 'founder'"))
          .isEqualTo("0");
    }
  }

  @Test
  void everyoneIsInTheFileAndTheFileGoesBackIn() {
    try (TierRealm own = new TierRealm()) {
      own.many("c", 20);
      String evil = own.federated("=cmd@example.test", "beta");
      own.local("c-local@example.test");
      Api.Answer export =
          own.asMaster().send("GET", "users/tiers.csv", null, "", Map.of("Accept", "text/csv"));
      assertThat(export.status()).isEqualTo(200);
      assertThat(export.header("content-type")).startsWith("text/csv");
      List<String> lines = export.text().lines().toList();
      assertThat(lines.get(0)).isEqualTo("id,email,access_tier");
      assertThat(lines).hasSize(23);
      assertThat(new HashSet<>(lines)).hasSize(23);
      assertThat(lines).contains("\"" + evil + "\",\"'=cmd@example.test\",\"beta\"");

      String changed =
          lines.stream()
              .map(line -> line.replaceFirst(",\"(guest|public)\"$", ",founder"))
              .collect(Collectors.joining("\n"));
      String file = changed + "\nnobody,,beta\n" + evil + ",,alpha\nx,y\n,,beta\nx,,gold\n";
      JsonNode dry = importFile(own, file, "?dryRun=true");
      assertThat(own.asMaster().get("history").json(200)).isEmpty();
      JsonNode done = importFile(own, file, "");
      assertThat(done).isEqualTo(dry);
      assertThat(done.get("changed").asInt()).isEqualTo(9);
      assertThat(done.get("unchanged").asInt()).isEqualTo(13);
      assertThat(done.get("failed"))
          .extracting(failed -> failed.get("line").asInt())
          .containsExactly(24, 25, 26, 27, 28);
      assertThat(own.column(evil)).isEqualTo("beta");
      assertThat(own.one("select count(*) from auth.users where access_tier = 'founder'"))
          .isEqualTo("12");
    }
  }

  private static JsonNode importFile(TierRealm own, String file, String query) {
    return own.asMaster()
        .send(
            "POST", "users/tiers.csv" + query, BodyPublishers.ofString(file), "text/csv", Map.of())
        .json(200);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** What the lists of users, clients and changes can be narrowed to, and in which order they are. */
@TestInstance(Lifecycle.PER_CLASS)
final class ListFiltersIT {

  private final TierRealm realm = new TierRealm(Map.of("editMode", "WRITABLE"));
  private Api api;

  @BeforeAll
  void makePeople() {
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation.setEventsEnabled(true);
    realm.keycloak().update(representation);
    realm.local("boss@example.test", "realm-admin");
    realm.local("viewer@example.test", "view-users", "view-clients");
    api = realm.as("boss@example.test");
    realm.federated("l-anna@example.test", "founder");
    realm.federated("l-bert@example.test", "guest");
    realm.federated("l-carl@example.test", "alpha");
    realm.federated("l-dora@example.test", "public");
    realm.withSecondFactor("l-emil@example.test");
    realm.execute("update auth.users set name = 'Zoe' where email = 'l-anna@example.test'");
    realm.execute("update auth.users set role = 'admin' where email = 'l-bert@example.test'");
    // A row without a value is not proven either.
    realm.execute("alter table auth.users alter email_verified drop not null");
    realm.execute("update auth.users set email_verified = null where email like 'l-c%'");
    realm.execute("update auth.users set deleted_at = now() where email like 'l-d%'");
    realm.execute("update auth.users set created_at = '2020-05-01' where email like 'l-e%'");
    realm.execute("update auth.users set created_at = '2021-05-01' where email like 'l-a%'");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private List<String> emails(String query) {
    JsonNode found = api.get("users?search=l-*&" + query).json(200);
    List<String> emails = texts(found.get("users"), "email");
    assertThat(found.get("total").asInt()).as("the total agrees").isEqualTo(emails.size());
    return emails.stream().map(email -> email.substring(2, email.indexOf('@'))).toList();
  }

  private static List<String> texts(JsonNode list, String field) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(item -> item.get(field).asText())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "role=admin, bert",
    "role=user, anna carl dora emil",
    "role=service, ''",
    "secondFactor=true, emil",
    "secondFactor=false, anna bert carl dora",
    "emailVerified=false, carl",
    "enabled=false, dora",
    "enabled=true&emailVerified=true&secondFactor=false, anna bert",
    "createdUntil=2021-01-01T00:00:00Z, emil",
    "createdFrom=2020-06-01T00:00:00Z&createdUntil=2021-06-01T00:00:00Z, anna",
    "sort=-email, emil dora carl bert anna",
    "sort=created&createdUntil=2022-01-01T00:00:00Z, emil anna",
    "sort=-created&createdUntil=2022-01-01T00:00:00Z, anna emil",
    "sort=tier&secondFactor=false, bert dora carl anna",
    "sort=-tier&secondFactor=false, anna carl dora bert",
    "sort=-name&role=user&enabled=true&secondFactor=false, anna carl",
  })
  void federatedUsersAreNarrowedAndSorted(String query, String expected) {
    assertThat(String.join(" ", emails(query))).isEqualTo(expected);
  }

  @Test
  void localUsersAreNarrowedAndSortedLikewise() {
    String first = realm.local("k-first@example.test");
    realm.local("k-second@example.test");
    UserRepresentation user = realm.user(first).toRepresentation();
    user.setEnabled(false);
    user.setEmailVerified(false);
    user.setFirstName("Zoe");
    realm.user(first).update(user);
    api.put("users/" + first + "/tier", "{\"tier\":\"guest\"}").json(200);
    assertThat(local("enabled=false")).containsExactly("k-first@example.test");
    assertThat(local("enabled=true")).containsExactly("k-second@example.test");
    assertThat(local("emailVerified=false")).containsExactly("k-first@example.test");
    assertThat(local("role=user")).hasSize(2);
    assertThat(local("role=admin")).isEmpty();
    assertThat(local("secondFactor=true")).isEmpty();
    assertThat(local("createdFrom=2900-01-01T00:00:00Z")).isEmpty();
    assertThat(local("sort=-email")).first().isEqualTo("k-second@example.test");
    assertThat(local("sort=name")).first().isEqualTo("k-second@example.test");
    assertThat(local("sort=-tier")).first().isEqualTo("k-second@example.test");
    assertThat(local("sort=created")).first().isEqualTo("k-first@example.test");
  }

  private List<String> local(String query) {
    return texts(api.get("users?search=k-*&" + query).json(200).get("users"), "email");
  }

  @Test
  void aListSaysWhoIsDisabledAndWhomTheAdminMayChange() {
    JsonNode dora = api.get("users?search=l-dora@").json(200).get("users").get(0);
    assertThat(dora.get("enabled").asBoolean()).isFalse();
    assertThat(dora.get("manageable").asBoolean()).isTrue();
    JsonNode carl =
        realm.as("viewer@example.test").get("users?search=l-carl@").json(200).get("users").get(0);
    assertThat(carl.get("enabled").asBoolean()).isTrue();
    assertThat(carl.get("emailVerified").asBoolean()).isFalse();
    assertThat(carl.get("manageable").asBoolean()).isFalse();
  }

  /** Whom Keycloak keeps disabled by itself is disabled here too, whatever the row says. */
  @Test
  void aUserWhomKeycloakLocksIsListedAsDisabled() {
    String id = realm.federated("locked@example.test", "beta");
    UserRepresentation user = realm.user(id).toRepresentation();
    user.setEnabled(false);
    realm.user(id).update(user);
    JsonNode found = api.get("users?search=locked@&enabled=false").json(200);
    assertThat(texts(found.get("users"), "email")).containsExactly("locked@example.test");
    assertThat(found.get("users").get(0).get("enabled").asBoolean()).isFalse();
  }

  @Test
  void whatIsListedIsWhatABulkChangeMeans() {
    realm.many("bulk-", 20);
    realm.execute(
        "update auth.users set email_verified = false where email in ('bulk-3@example.test',"
            + " 'bulk-4@example.test')");
    String filter = "\"filter\":{\"search\":\"bulk-*\",\"emailVerified\":false}";
    assertThat(
            api.post("users/tier", "{" + filter + ",\"tier\":\"founder\",\"dryRun\":true}")
                .json(200)
                .get("matched")
                .asInt())
        .isEqualTo(2);
    api.post("users/tier", "{\"filter\":{\"enabled\":true},\"tier\":\"founder\",\"dryRun\":true}")
        .json(200);
    assertThat(api.post("users/tier", "{\"filter\":{\"role\":\"\"},\"tier\":\"guest\"}").status())
        .as("an empty filter is everyone, which is to be said")
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "users?role=root",
        "users?secondFactor=maybe",
        "users?sort=password",
        "users?createdFrom=yesterday",
        "users?createdUntil=9999999-01-01T00:00:00Z",
        "clients?open=1",
        "history?source=rumour",
        "history?subject=cat",
        "history?tier=bogus",
        "history?from=x",
        "history?user=a&client=b",
        "history.csv?until=x",
      })
  void whatCannotBeReadIsAnsweredWithASentence(String path) {
    assertThat(api.get(path).json(400).get("errorMessage").asText()).isNotEmpty();
  }

  @Test
  void openClientsAreListedOnRequest() {
    assertThat(texts(api.get("clients").json(200), "clientId")).doesNotContain("app");
    JsonNode all = api.get("clients?open=true").json(200);
    assertThat(texts(all, "clientId"))
        .contains("app", TierRealm.TOOL)
        .doesNotContain("account", "security-admin-console", "realm-management", "broker");
    JsonNode app = client(all, "app");
    assertThat(app.get("requiredTier").isNull()).isTrue();
    assertThat(app.get("manageable").asBoolean()).isTrue();
    JsonNode seen =
        client(realm.as("viewer@example.test").get("clients?open=true").json(200), "app");
    assertThat(seen.get("manageable").asBoolean()).isFalse();
    assertThat(seen.get("refused").isNull()).as("for those who may see events").isTrue();
  }

  private static JsonNode client(JsonNode clients, String id) {
    return StreamSupport.stream(clients.spliterator(), false)
        .filter(client -> client.get("clientId").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aListSaysHowManyPeopleWereRefused() {
    realm.realm.add(TestRealm.client("closed"));
    api.put("clients/closed/required-tier", "{\"requiredTier\":\"founder\"}").json(200);
    realm.local("refused@example.test");
    for (int i = 0; i < 2; i++) {
      assertThat(
              realm
                  .realm
                  .oidc()
                  .password("closed", "refused@example.test", Browser.PASSWORD)
                  .getStatusCode())
          .isEqualTo(400);
    }
    // A wrong password is no refusal.
    realm.realm.oidc().password("closed", "refused@example.test", "wrong");
    assertThat(client(api.get("clients").json(200), "closed").get("refused").asInt()).isEqualTo(1);
  }

  @Test
  void whatAnAppShowsOfItselfIsChanged() {
    realm.realm.add(TestRealm.client("shown"));
    api.put("clients/shown/required-tier", "{\"requiredTier\":\"alpha\"}").json(200);
    String path = "clients/shown/listing";
    assertThat(api.get(path).json(200).toString())
        .isEqualTo("{\"description\":{},\"note\":{},\"archived\":false,\"comingSoon\":false}");
    api.put(
            path,
            "{\"note\":{\"default\":\"Ask us\",\"de\":\" Frag uns \"},"
                + "\"description\":{\"en\":\"Chat\"},\"comingSoon\":true}")
        .json(200);
    api.put(path, "{\"note\":{\"default\":null},\"archived\":true}").json(200);
    assertThat(api.get(path).json(200).toString())
        .isEqualTo(
            "{\"description\":{\"en\":\"Chat\"},\"note\":{\"de\":\"Frag uns\"},"
                + "\"archived\":true,\"comingSoon\":true}");
    assertThat(realm.keycloak().clients().findByClientId("shown").get(0).getAttributes())
        .containsEntry("access.tier.note.de", "Frag uns")
        .containsEntry("access.tier.required", "alpha");
    assertThat(realm.keycloak().getAdminEvents())
        .anyMatch(event -> event.getResourcePath().endsWith("/access-tier/listing"));
    for (String bad :
        List.of(
            "{\"note\":{\"../x\":\"a\"}}",
            "{\"note\":{\"de\":\"" + "x".repeat(1001) + "\"}}",
            "{\"note\":{\"de\":\"a\\u0000b\"}}",
            "{\"note\":\"text\"}",
            "{\"color\":\"red\"}")) {
      assertThat(api.put(path, bad).status()).as(bad).isEqualTo(400);
    }
    assertThat(realm.as("viewer@example.test").put(path, "{\"archived\":false}").status())
        .isEqualTo(403);
  }

  @Test
  void theTrailIsNarrowedAndExported() {
    String person = realm.federated("trail-person@example.test", "guest");
    realm.realm.add(TestRealm.client("trail-app"));
    realm.local("other-admin@example.test", "realm-admin");
    Api other = realm.as("other-admin@example.test");
    other.put("users/" + person + "/tier", "{\"tier\":\"beta\",\"reason\":\"=1+1\"}").json(200);
    api.put("users/" + person + "/tier", "{\"tier\":\"founder\"}").json(200);
    api.put("clients/trail-app/required-tier", "{\"requiredTier\":\"founder\"}").json(200);

    assertThat(changes("user=trail-person@example.test")).containsExactly("founder", "beta");
    assertThat(changes("user=" + encoded(person))).containsExactly("founder", "beta");
    assertThat(changes("user=trail-person@example.test&by=other-admin@example.test"))
        .containsExactly("beta");
    assertThat(changes("user=trail-person@example.test&tier=guest")).containsExactly("beta");
    assertThat(changes("client=trail-app")).containsExactly("founder");
    assertThat(changes("subject=client&by=other-admin@example.test")).isEmpty();
    assertThat(changes("user=nobody@example.test")).isEmpty();
    assertThat(changes("user=trail-person@example.test&source=api")).hasSize(2);
    assertThat(changes("user=trail-person@example.test&source=csv")).isEmpty();
    assertThat(changes("user=trail-person@example.test&from=2900-01-01T00:00:00Z")).isEmpty();
    assertThat(changes("user=trail-person@example.test&until=2900-01-01T00:00:00Z")).hasSize(2);

    Api.Answer file = api.get("history.csv?user=trail-person@example.test");
    assertThat(file.header("content-disposition")).contains("history.csv");
    assertThat(file.text().split("\r\n"))
        .hasSize(3)
        .startsWith("at,subject,id,name,from,to,by,by_client,source,reason");
    assertThat(file.text())
        .contains("\"guest\",\"beta\",\"other-admin@example.test\"", "\"'=1+1\"");
  }

  private List<String> changes(String query) {
    JsonNode entries = api.get("history?" + query).json(200);
    return StreamSupport.stream(entries.spliterator(), false)
        .map(entry -> entry.get("change").get("to").asText())
        .toList();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void aRemovedSecondFactorIsInTheTrail() {
    String id = realm.withSecondFactor("lost@example.test");
    assertThat(
            api.delete("users/" + id + "/second-factor?reason=" + encoded("phone stolen")).status())
        .isEqualTo(204);
    JsonNode entry = api.get("history?source=second_factor").json(200).get(0);
    assertThat(entry.get("name").asText()).isEqualTo("lost@example.test");
    assertThat(entry.get("change").get("reason").asText()).isEqualTo("phone stolen");
    assertThat(entry.get("change").get("from").isNull()).isTrue();
    assertThat(entry.get("change").get("to").isNull()).isTrue();
    assertThat(entry.get("change").get("by").asText()).isEqualTo("boss@example.test");
    assertThat(api.delete("users/" + id + "/second-factor").status()).isEqualTo(404);
    assertThat(api.get("users/" + id + "/tier/history").json(200)).hasSize(1);
  }
}

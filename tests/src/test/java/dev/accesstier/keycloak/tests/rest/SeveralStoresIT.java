// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.devserver.AuthSchemaSql;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.representations.idm.ComponentRepresentation;

/** One realm with the users of two databases: what one does is none of the other's business. */
@TestInstance(Lifecycle.PER_CLASS)
final class SeveralStoresIT {

  private final PostgresServer postgres = TestServer.shared().postgres();
  private final TierRealm realm = new TierRealm();
  private final String otherDatabase = "other_" + UUID.randomUUID().toString().substring(0, 8);
  private final DataSource other = postgres.createDatabase(otherDatabase);
  private String otherComponent;

  @BeforeAll
  void addTheOther() {
    AuthSchemaSql.apply(other);
    ComponentRepresentation first = realm.realm.component();
    ComponentRepresentation second = new ComponentRepresentation();
    second.setName("Other");
    second.setProviderId(TestRealm.AUTH_SCHEMA);
    second.setProviderType(first.getProviderType());
    second.setParentId(first.getParentId());
    second.setConfig(first.getConfig());
    second.getConfig().putSingle("jdbcUrl", postgres.jdbcUrl(otherDatabase));
    second.getConfig().putSingle("password", PostgresServer.PASSWORD);
    second.getConfig().putSingle("priority", "1");
    otherComponent = CreatedResponseUtil.getCreatedId(realm.keycloak().components().add(second));
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private String otherUser(SampleUser user) {
    new SampleUsers(other).add(user);
    return "f:" + otherComponent + ":" + user.id();
  }

  @Test
  void anIdThatUsersOfBothHaveIsRefused() {
    String first = realm.federated("twin@example.test", "beta");
    String id = first.substring(first.lastIndexOf(':') + 1);
    SampleUser twin = SampleUser.of("twin-2@example.test", "Ada Example");
    otherUser(
        new SampleUser(
            id, twin.name(), twin.email(), twin.role(), "alpha", true, false, null, null));
    Api api = realm.asMaster();
    assertThat(api.get("users/" + id + "/tier").status()).isEqualTo(409);
    assertThat(api.put("users/" + id + "/tier", "{\"tier\":\"founder\"}").status()).isEqualTo(409);
    JsonNode done =
        api.post("users/tier", "{\"ids\":[\"" + id + "\"],\"tier\":\"founder\"}").json(200);
    assertThat(done.get("failed").get(0).get("error").asText())
        .isEqualTo("Users of several components have this id; use Keycloak's");
    assertThat(realm.column(id)).isEqualTo("beta");
    assertThat(api.get("users/" + first + "/tier").json(200).get("accessTier").asText())
        .isEqualTo("beta");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStoreThatCannotCommitLeavesWhatTheOtherDid(boolean failingFirst) {
    String name = "-" + failingFirst + "@example.test";
    String good = realm.federated("good" + name, "beta");
    String bad = otherUser(SampleUser.of("bad" + name, "Ada Example").tier("beta"));
    for (String id : List.of(good, bad)) {
      assertThat(realm.user(id).toRepresentation().getAttributes())
          .containsEntry("access_tier", List.of("beta"));
    }
    postgres.execute(
        otherDatabase,
        """
        create function auth.bar() returns trigger language plpgsql as
          $$ begin raise exception 'no'; end $$;
        create constraint trigger bar after update on auth.users
          deferrable initially deferred for each row execute function auth.bar();
        """);
    Api api = realm.asMaster();
    try {
      String ids =
          failingFirst ? "\"" + bad + "\",\"" + good + "\"" : "\"" + good + "\",\"" + bad + "\"";
      JsonNode done =
          api.post("users/tier", "{\"ids\":[" + ids + "],\"tier\":\"founder\"}").json(200);
      assertThat(done.get("failed")).isNotEmpty();
    } finally {
      postgres.execute(otherDatabase, "drop function auth.bar() cascade");
    }

    assertThat(realm.column(good)).isEqualTo("founder");
    assertThat(api.get("users/" + good + "/tier/history").json(200)).hasSize(1);
    assertThat(realm.events()).anyMatch(event -> event.getResourcePath().equals("users/" + good));
    assertThat(realm.user(good).toRepresentation().getAttributes())
        .containsEntry("access_tier", List.of("founder"));
    assertThat(api.get("users/" + bad + "/tier").json(200).get("accessTier").asText())
        .isEqualTo("beta");
    assertThat(api.get("users/" + bad + "/tier/history").json(200)).isEmpty();
    assertThat(realm.events()).noneMatch(event -> event.getResourcePath().equals("users/" + bad));
  }
}

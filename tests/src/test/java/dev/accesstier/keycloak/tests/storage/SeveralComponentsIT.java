// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other names of the schema, enum types elsewhere, and several databases at once. */
final class SeveralComponentsIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");

  private final PostgresServer postgres = TestServer.shared().postgres();

  @ParameterizedTest(name = "schema {0}, enum types in {1}")
  @CsvSource({"auth,auth", "accounts_of_mana,public", "accounts_of_mana,accounts_of_mana"})
  void theSchemaMayHaveAnotherName(String schema, String enums) {
    String database = "schema_" + schema + "_" + enums;
    Fixture.load(postgres.createDatabase(database), schema, enums);
    try (TestRealm realm = TestRealm.create(connection(database, schema), rep -> {})) {
      assertThat(tier(realm)).isEqualTo("beta");
      assertThat(realm.realm().users().searchByAttributes("access_tier:beta")).hasSize(4);
      assertThat(realm.realm().roles().get("admin").getUserMembers(0, 100)).isNotEmpty();
    }
  }

  @Test
  void realmsReadTheirOwnDatabase() {
    Fixture.load(postgres.createDatabase("second"));
    postgres.execute(
        "second", "update auth.users set access_tier = 'founder' where id = '" + BETA.id() + "'");
    try (TestRealm first = TestRealm.create();
        TestRealm second = TestRealm.create(connection("second", "auth"), rep -> {})) {
      assertThat(tier(first)).isEqualTo("beta");
      assertThat(tier(second)).isEqualTo("founder");
      assertThat(tier(first)).isEqualTo("beta");
    }
  }

  @Test
  void aRemovedComponentReleasesItsConnections() {
    Fixture.load(postgres.createDatabase("released"));
    TestRealm realm = TestRealm.create(connection("released", "auth"), rep -> {});
    assertThat(tier(realm)).isEqualTo("beta");
    assertThat(connections("released")).isPositive();
    realm.close();
    await().until(() -> connections("released") == 0);
  }

  private int connections(String database) {
    try (var connection = postgres.database("postgres").getConnection();
        var statement =
            connection.prepareStatement(
                "select count(*) from pg_stat_activity where datname = ?")) {
      statement.setString(1, database);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private Map<String, String> connection(String database, String schema) {
    return Map.of(
        "jdbcUrl", postgres.jdbcUrl(database), "username", PostgresServer.USER, "schema", schema);
  }

  private static Object tier(TestRealm realm) {
    var response = realm.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword());
    return Oidc.claims(Oidc.tokens(response).getAccessToken()).getOrDefault("access_tier", "none");
  }
}

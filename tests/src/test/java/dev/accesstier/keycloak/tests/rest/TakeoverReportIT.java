// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.support.Browser;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.RealmRepresentation;

/** How far the move has come, counted over rows of every kind. */
@TestInstance(Lifecycle.PER_CLASS)
final class TakeoverReportIT {

  private final TierRealm realm = new TierRealm();

  @BeforeAll
  void makePeople() {
    realm.local("watcher@example.test", "view-users", "view-events");
    realm.local("counter@example.test", "view-users");
    realm.local("looker@example.test", "view-events");
    realm.withPassword("r-scrypt@example.test");
    realm.withPassword("r-bcrypt@example.test");
    realm.withPassword("r-other@example.test");
    realm.withPassword("r-gone@example.test");
    realm.withSecondFactor("r-factor@example.test");
    password("bcrypt", "$2b$10$abcdefghijklmnopqrstuuJpUu0Y5Q0Y5Q0Y5Q0Y5Q0Y5Q0Y5Q0Y5");
    password("other", "md5-of-something");
    realm.execute("update auth.users set deleted_at = now() where email = 'r-gone@example.test'");
    realm.execute(
        "insert into auth.sessions (id, token, user_id, expires_at)"
            + " select 's-live', 't-live', id, now() + interval '1 day' from auth.users"
            + " where email = 'r-scrypt@example.test'");
    realm.execute(
        "insert into auth.sessions (id, token, user_id, expires_at)"
            + " select 's-over', 't-over', id, now() - interval '1 day' from auth.users"
            + " where email = 'r-factor@example.test'");
    realm.execute(
        "insert into auth.verification (id, identifier, value, expires_at)"
            + " values ('v1', 'trust-device-abc', 'x', now() + interval '1 day'),"
            + " ('v2', 'trust-device-def', 'x', now() - interval '1 day')");
  }

  private void password(String who, String hash) {
    realm.execute(
        "update auth.accounts set password = '%s' where user_id =".formatted(hash)
            + " (select id from auth.users where email = 'r-%s@example.test')".formatted(who));
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private JsonNode report() {
    return realm.as("watcher@example.test").get("migration").json(200).get("components").get(0);
  }

  @Test
  void everyKindIsCounted() {
    JsonNode report = report();
    assertThat(report.get("people").asInt()).isEqualTo(4);
    assertThat(report.get("secondFactors").asInt()).isEqualTo(1);
    assertThat(report.get("passwords").toString())
        .isEqualTo("{\"argon2id\":0,\"bcrypt\":1,\"other\":1,\"scrypt\":1}");
    assertThat(report.get("stillThere").toString())
        .isEqualTo("{\"liveSessions\":1,\"trustedDevices\":1,\"refreshTokens\":0}");
  }

  @Test
  void whoHasSignedInIsCountedWhereLoginsAreStored() {
    storeEvents(false);
    assertThat(report().get("signedIn").isNull()).isTrue();
    storeEvents(true);
    assertThat(report().get("signedIn").toString()).isEqualTo("{\"people\":0,\"since\":null}");
    for (int i = 0; i < 2; i++) {
      assertThat(
              realm
                  .realm
                  .oidc()
                  .password("app", "r-scrypt@example.test", Browser.PASSWORD)
                  .getStatusCode())
          .isEqualTo(200);
    }
    assertThat(report().get("signedIn").get("people").asInt()).isEqualTo(1);
    assertThat(report().get("signedIn").get("since").asText()).startsWith("20");
  }

  private void storeEvents(boolean stored) {
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation.setEventsEnabled(stored);
    realm.keycloak().update(representation);
  }

  /** Links of mails are optional, and so is the right to read them. */
  @Test
  void whatMayNotBeReadIsLeftOut() {
    realm.execute(
        "create role taker login; grant usage on schema auth to taker;"
            + " grant select on auth.users, auth.passwords, auth.accounts, auth.sessions,"
            + " auth.two_factor_auth, auth.passkeys to taker");
    Map<String, String> before =
        Map.of("username", realm.realm.component().getConfig().getFirst("username"));
    realm.realm.configure(Map.of("username", "taker"));
    try {
      JsonNode left = report().get("stillThere");
      assertThat(left.get("trustedDevices").isNull()).isTrue();
      assertThat(left.get("liveSessions").asInt()).isEqualTo(1);
    } finally {
      realm.realm.configure(before);
    }
  }

  @Test
  void itAsksForBothRights() {
    assertThat(realm.as("counter@example.test").get("migration").status()).isEqualTo(403);
    assertThat(realm.as("looker@example.test").get("migration").status()).isEqualTo(403);
    assertThat(realm.asNobody().get("migration").status()).isEqualTo(401);
  }
}

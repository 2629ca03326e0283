// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A JWT that Better Auth minted, in an app that asks Keycloak for the keys. */
final class KeysBesideIT {

  @BesideEachVersion
  void anAppVerifiesATokenOfThereWithTheKeysHere(SideBySide both) {
    Member member = both.member("Keys-of-the-old-service-1");
    String token = member.there().get("/api/auth/token").body().path("token").asText();
    assertThat(token).as("a token of Better Auth").isNotEmpty();
    try (TestRealm here = RealmBeside.create(both.there().database())) {
      assertThat(claims(member, token, here).path("sub").isMissingNode()).isTrue();

      here.publishOldKeys();

      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertThat(claims(member, token, here).path("sub").asText())
                      .isEqualTo(member.id()));

      both.sql("delete from auth.jwks");
      String newer = member.there().get("/api/auth/token").body().path("token").asText();
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                assertThat(claims(member, newer, here).path("sub").asText()).isEqualTo(member.id());
                assertThat(claims(member, token, here).path("sub").isMissingNode())
                    .as("a key whose row has gone")
                    .isTrue();
              });
    }
  }

  private static JsonNode claims(Member member, String token, TestRealm here) {
    String keys = URLEncoder.encode(here.oidc().url("/certs"), StandardCharsets.UTF_8);
    return member.there().get("/test/claims?token=" + token + "&keys=" + keys).body();
  }
}

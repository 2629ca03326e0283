// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.ClientRepresentation;

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

  @BesideEachVersion
  void anAppVerifiesATokenOfHereWithTheKeysThere(SideBySide both) {
    Member member = both.member("Keys-of-the-old-service-2");
    assertThat(member.there().get("/api/auth/token").status()).isEqualTo(200);
    try (TestRealm here = RealmBeside.create(both.there().database())) {
      here.publishOldKeys(Map.of("active", "true"));
      ClientRepresentation app = TestRealm.client("pinned");
      app.setAttributes(Map.of("access.token.signed.response.alg", "EdDSA"));
      app.setProtocolMappers(List.of(TestRealm.ownAudience("pinned")));
      here.add(app);

      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                String token =
                    Oidc.tokens(
                            here.oidc()
                                .password("pinned", member.email(), "Keys-of-the-old-service-2"))
                        .getAccessToken()
                        .getValue();
                assertThat(
                        claims(member, token, both.there().url() + "/api/auth/jwks")
                            .path("iss")
                            .asText())
                    .isEqualTo(here.oidc().realmUrl());
                assertThat(verified(member, token, here.oidc().realmUrl(), "pinned").path("azp"))
                    .isEqualTo(TextNode.valueOf("pinned"));
                assertThat(verified(member, token, both.there().url(), "pinned").isNull())
                    .as("the issuer of there")
                    .isTrue();
                assertThat(verified(member, token, here.oidc().realmUrl(), "other").isNull())
                    .as("another audience")
                    .isTrue();
              });
    }
  }

  /** The claims, as Better Auth's own {@code verifyJWT} finds them, or null where it refuses. */
  private static JsonNode verified(Member member, String token, String issuer, String audience) {
    return member
        .there()
        .get(
            "/test/verified?token=%s&issuer=%s&audience=%s"
                .formatted(token, URLEncoder.encode(issuer, StandardCharsets.UTF_8), audience))
        .body();
  }

  private static JsonNode claims(Member member, String token, TestRealm here) {
    return claims(member, token, here.oidc().url("/certs"));
  }

  private static JsonNode claims(Member member, String token, String address) {
    String keys = URLEncoder.encode(address, StandardCharsets.UTF_8);
    return member.there().get("/test/claims?token=" + token + "&keys=" + keys).body();
  }
}

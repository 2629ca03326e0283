// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/** An open app's tokens name no app that is closed to the user, wherever they are read. */
@TestInstance(Lifecycle.PER_CLASS)
class ClosedAppsIT {

  private static final String ROLES = "resource_access";

  private final GateRealm realm = GateRealm.create();

  @BeforeAll
  void nameTheGatedAppEverywhere() {
    // Keycloak tells a client only of tokens that are meant for it.
    add("open", "for itself", TestRealm.ownAudience("open"));
    add(
        "open",
        "for the gated app",
        TestRealm.mapper(
            "oidc-audience-mapper",
            Map.of("included.client.audience", "gated", "lightweight.claim", "true")));
    add(
        "open",
        "its roles",
        TestRealm.mapper(
            "oidc-usermodel-client-role-mapper",
            Map.of(
                "claim.name", "resource_access.${client_id}.roles",
                "jsonType.label", "String",
                "multivalued", "true",
                "lightweight.claim", "true")));
    add(
        "open",
        "its roles by a name of their own",
        TestRealm.mapper(
            "oidc-usermodel-client-role-mapper",
            Map.of(
                "usermodel.clientRoleMapping.clientId", "gated",
                "claim.name", "gated_roles",
                "jsonType.label", "String",
                "multivalued", "true")));
    // Requesting party tokens of the gated resource server are meant for the open app as well.
    add("gated-api", "for itself", TestRealm.ownAudience("gated-api"));
    add("gated-api", "for the open app", TestRealm.ownAudience("open"));
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private void add(String client, String name, ProtocolMapperRepresentation mapper) {
    mapper.setName(name);
    try (var created = realm.client(client).getProtocolMappers().createMapper(mapper)) {
      assertThat(created.getStatus()).as(created.readEntity(String.class)).isEqualTo(201);
    }
  }

  private String editor(String tier) {
    String user = realm.user(tier);
    realm.grantRole(user, "gated", "editor");
    return user;
  }

  private OIDCTokens tokens(String user) {
    return Oidc.tokens(realm.password("open", user, "openid"));
  }

  private static void assertClosed(Map<String, Object> claims) {
    assertThat(claims.toString()).doesNotContain("gated", "editor");
  }

  private static void assertOpen(Map<String, Object> claims) {
    assertThat(audience(claims)).contains("gated");
    assertThat(claims.get(ROLES)).asString().contains("gated", "editor");
  }

  /** One or several, as text. */
  private static String audience(Map<String, Object> claims) {
    return String.valueOf(claims.get("aud"));
  }

  @Test
  void accessToken() {
    assertClosed(Oidc.claims(tokens(editor("beta")).getAccessToken()));
    assertOpen(Oidc.claims(tokens(editor("alpha")).getAccessToken()));
  }

  @Test
  void idToken() {
    assertClosed(Oidc.claims(tokens(editor("beta")).getIDTokenString()));
    assertOpen(Oidc.claims(tokens(editor("alpha")).getIDTokenString()));
  }

  @Test
  void userInfo() {
    Map<String, Object> below =
        Oidc.json(realm.oidc().userInfo(tokens(editor("beta")).getAccessToken()));
    Map<String, Object> above =
        Oidc.json(realm.oidc().userInfo(tokens(editor("alpha")).getAccessToken()));

    assertClosed(below);
    assertThat(above.get(ROLES)).asString().contains("gated", "editor");
    assertThat(above.get("gated_roles")).asString().contains("editor");
  }

  @Test
  void introspection() {
    Map<String, Object> below = introspected(tokens(editor("beta")).getAccessToken());
    Map<String, Object> above = introspected(tokens(editor("alpha")).getAccessToken());

    assertThat(below).containsEntry("active", true);
    assertClosed(below);
    assertOpen(above);
  }

  /** After a demotion the token itself still has what the introspection must not tell. */
  @Test
  void introspectionAfterADemotion() {
    String user = editor("alpha");
    AccessToken token = tokens(user).getAccessToken();
    realm.move(user, "beta");

    assertOpen(Oidc.claims(token));
    assertThat(introspected(token)).containsEntry("active", true);
    assertClosed(introspected(token));
  }

  /** Of which nearly everything is made at the introspection. */
  @Test
  void introspectionOfALightweightToken() {
    realm.attribute("open", "client.use.lightweight.access.token.enabled", "true");
    try {
      Map<String, Object> below = introspected(tokens(editor("beta")).getAccessToken());
      Map<String, Object> above = introspected(tokens(editor("alpha")).getAccessToken());

      assertThat(below).containsEntry("active", true);
      assertClosed(below);
      assertOpen(above);
    } finally {
      realm.attribute("open", "client.use.lightweight.access.token.enabled", "false");
    }
  }

  /** Keycloak merges it into {@code resource_access} after most post processors. */
  @Test
  void rolesThatAMapperWroteAsAnyOtherClaim() {
    try (GateRealm other = GateRealm.create()) {
      ProtocolMapperRepresentation mapper =
          TestRealm.mapper(
              "oidc-hardcoded-claim-mapper",
              Map.of(
                  "claim.name", "resource_access.gated.roles",
                  "claim.value", "[\"editor\"]",
                  "jsonType.label", "JSON"));
      other.client("open").getProtocolMappers().createMapper(mapper).close();
      var below = Oidc.tokens(other.password("open", other.user("beta"), "openid"));
      var above = Oidc.tokens(other.password("open", other.user("alpha"), "openid"));

      assertClosed(Oidc.claims(below.getAccessToken()));
      assertThat(Oidc.claims(above.getAccessToken()).get(ROLES)).asString().contains("gated");
    }
  }

  private Map<String, Object> introspected(AccessToken token) {
    return Oidc.json(realm.oidc().introspect("open", token));
  }

  @Nested
  class RequestingPartyToken {

    private OIDCTokens rpt(String user) throws Exception {
      return Oidc.tokens(
          UmaGateIT.byBearer(realm, tokens(user).getAccessToken(), "&audience=gated-api").send());
    }

    @Test
    void losesThePermissionsAtARefreshAfterADemotion() throws Exception {
      String user = realm.user("alpha");
      OIDCTokens first = rpt(user);
      OIDCTokens second = Oidc.tokens(realm.refresh("open", first.getRefreshToken()));
      assertThat(permissions(first)).contains("thing");
      assertThat(permissions(second)).contains("thing");

      realm.move(user, "beta");

      OIDCTokens third = Oidc.tokens(realm.refresh("open", second.getRefreshToken()));
      assertThat(permissions(third)).doesNotContain("thing");
      assertThat(String.valueOf(Oidc.claims(third.getRefreshToken().getValue())))
          .doesNotContain("thing");

      realm.move(user, "alpha");
      assertThat(permissions(Oidc.tokens(realm.refresh("open", third.getRefreshToken()))))
          .as("what was taken out does not come back")
          .doesNotContain("thing");
    }

    @Test
    void isIntrospectedWithoutThePermissionsAfterADemotion() throws Exception {
      String user = realm.user("alpha");
      AccessToken rpt = rpt(user).getAccessToken();
      assertThat(introspected(rpt)).contains("gated-api", "thing", "\"active\":true");

      realm.move(user, "beta");

      assertThat(introspected(rpt))
          .contains("\"active\":true")
          .doesNotContain("gated-api", "thing");
    }

    private String introspected(AccessToken rpt) throws Exception {
      HTTPRequest request =
          new TokenIntrospectionRequest(
                  URI.create(realm.tokenUrl() + "/introspect"), Oidc.auth("open"), rpt)
              .toHTTPRequest();
      request.setBody(
          request.getBody().replaceAll("&?token_type_hint=[a-z_]+", "")
              + "&token_type_hint=requesting_party_token");
      return request.send().getBody();
    }

    private static String permissions(OIDCTokens tokens) {
      return String.valueOf(Oidc.claims(tokens.getAccessToken()).get("authorization"));
    }
  }
}

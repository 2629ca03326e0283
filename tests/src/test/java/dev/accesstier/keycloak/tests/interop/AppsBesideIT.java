// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.ClientScopeRepresentation;

/** An app that registered at the real Better Auth signs people in at Keycloak. */
final class AppsBesideIT {

  private static final String PASSWORD = "Apps-of-the-old-service-1";
  private static final String CALLBACK = "https://app.test/registered-there";

  @BesideEachVersion
  void anAppChangesNothingButItsIssuer(SideBySide both) throws Exception {
    Member member = both.member(PASSWORD);
    JsonNode app =
        member
            .there()
            .post(
                "/oauth2/register",
                Map.of(
                    "client_name", "Registered there",
                    "redirect_uris", List.of(CALLBACK),
                    "token_endpoint_auth_method", "client_secret_basic"))
            .body();
    String clientId = app.path("client_id").asText();
    String secret = app.path("client_secret").asText();
    assertThat(secret).as(app.toString()).isNotEmpty();
    TestRealm here = both.here();
    carryTheSubject(here);

    importing(here, clientId);

    Browser.Stop stop =
        both.browser()
            .signIn(
                here.oidc().url("/auth")
                    + "?response_type=code&scope=openid&state=s&client_id="
                    + clientId
                    + "&redirect_uri="
                    + CALLBACK,
                member.email(),
                PASSWORD);
    OIDCTokens tokens = Oidc.tokens(redeem(here, clientId, secret, stop.parameter("code")));
    assertThat(Oidc.claims(tokens.getIDTokenString()))
        .containsEntry("sub", member.id())
        .containsEntry("iss", here.oidc().realmUrl())
        .containsEntry("aud", clientId);
  }

  private static void carryTheSubject(TestRealm here) {
    if (here.realm().clientScopes().findAll().stream()
        .noneMatch(scope -> scope.getName().equals("mana-claims"))) {
      ClientScopeRepresentation claims = new ClientScopeRepresentation();
      claims.setName("mana-claims");
      claims.setProtocol("openid-connect");
      claims.setProtocolMappers(
          List.of(TestRealm.mapper("oidc-auth-schema-subject-mapper", Map.of())));
      here.realm().clientScopes().create(claims).close();
    }
  }

  private static void importing(TestRealm here, String clientId)
      throws IOException, InterruptedException {
    TestServer server = TestServer.shared();
    var answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            server.keycloak().baseUrl()
                                + "/admin/realms/"
                                + here.name()
                                + "/access-tier/oauth-applications/import?trusted="
                                + clientId))
                    .header(
                        "Authorization",
                        "Bearer " + server.admin().tokenManager().getAccessTokenString())
                    .POST(BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static HTTPResponse redeem(TestRealm here, String clientId, String secret, String code) {
    return Oidc.send(
        new TokenRequest.Builder(
                URI.create(here.oidc().url("/token")),
                new ClientSecretBasic(new ClientID(clientId), new Secret(secret)),
                new AuthorizationCodeGrant(new AuthorizationCode(code), URI.create(CALLBACK)))
            .build()
            .toHTTPRequest());
  }
}

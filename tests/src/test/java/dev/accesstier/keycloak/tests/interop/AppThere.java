// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.ClientScopeRepresentation;

/** An app that registered at the real Better Auth, with what it was given there. */
record AppThere(String clientId, String secret) {

  private static final String CALLBACK = "https://app.test/registered-there";

  /** Registers one as that person. */
  static AppThere register(Member member) {
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
    String secret = app.path("client_secret").asText();
    assertThat(secret).as(app.toString()).isNotEmpty();
    return new AppThere(app.path("client_id").asText(), secret);
  }

  /** Where that person, who is signed in there, is sent. */
  String authorizeThere(Member member, String scope) {
    return member
        .there()
        .get(
            "/api/auth/oauth2/authorize?response_type=code&state=s&client_id="
                + clientId
                + "&redirect_uri="
                + URLEncoder.encode(CALLBACK, UTF_8)
                + "&scope="
                + URLEncoder.encode(scope, UTF_8))
        .body()
        .path("url")
        .asText();
  }

  /** Signs that person in there, with their consent; gives the tokens. */
  JsonNode tokensThere(Member member, String scope) {
    JsonNode answered =
        member
            .there()
            .post(
                "/oauth2/consent",
                Map.of(
                    "accept",
                    true,
                    "consent_code",
                    parameter(authorizeThere(member, scope), "consent_code")))
            .body();
    return member
        .there()
        .post(
            "/oauth2/token",
            Map.of(
                "grant_type", "authorization_code",
                "code", parameter(answered.path("redirectURI").asText(), "code"),
                "redirect_uri", CALLBACK,
                "client_id", clientId,
                "client_secret", secret))
        .body();
  }

  private static String parameter(String url, String name) {
    return url.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1");
  }

  /** Makes a client of it here. */
  void move(TestRealm here, boolean trusted) {
    carryTheSubject(here);
    TestServer server = TestServer.shared();
    try {
      var answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create(
                              server.keycloak().baseUrl()
                                  + "/admin/realms/"
                                  + here.name()
                                  + "/access-tier/oauth-applications/import?trusted="
                                  + (trusted ? clientId : "")))
                      .header(
                          "Authorization",
                          "Bearer " + server.admin().tokenManager().getAccessTokenString())
                      .POST(BodyPublishers.noBody())
                      .build(),
                  BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void carryTheSubject(TestRealm here) {
    if (here.realm().clientScopes().findAll().stream()
        .noneMatch(scope -> scope.getName().equals("mana-claims"))) {
      ClientScopeRepresentation claims = new ClientScopeRepresentation();
      claims.setName("mana-claims");
      claims.setProtocol("openid-connect");
      claims.setAttributes(Map.of("display.on.consent.screen", "false"));
      claims.setProtocolMappers(
          List.of(TestRealm.mapper("oidc-auth-schema-subject-mapper", Map.of())));
      here.realm().clientScopes().create(claims).close();
    }
  }

  /** Where it sends a browser here. */
  String signInHere(TestRealm here, String scope) {
    return here.oidc().url("/auth")
        + "?response_type=code&state=s&scope="
        + URLEncoder.encode(scope, UTF_8)
        + "&client_id="
        + clientId
        + "&redirect_uri="
        + CALLBACK;
  }

  HTTPResponse redeemHere(TestRealm here, String code) {
    return grantHere(
        here, new AuthorizationCodeGrant(new AuthorizationCode(code), URI.create(CALLBACK)));
  }

  HTTPResponse grantHere(TestRealm here, AuthorizationGrant grant) {
    return Oidc.send(
        new TokenRequest.Builder(
                URI.create(here.oidc().url("/token")),
                new ClientSecretBasic(new ClientID(clientId), new Secret(secret)),
                grant)
            .build()
            .toHTTPRequest());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResourceOwnerPasswordCredentialsGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;

/**
 * An app's side of a realm. Its clients are confidential, with the secret {@value #SECRET}, and
 * their redirect URI is {@code http://app.test/<client>}.
 */
public record Oidc(String realmUrl) {

  public static final String SECRET = "secret";

  /** Where an app sends the browser, with the code flow unless the extra parameters say else. */
  public String authUrl(String client, String extra) {
    String responseType = extra.contains("response_type=") ? "" : "&response_type=code";
    return url("/auth")
        + ("?client_id=" + client + "&scope=openid&state=abc&nonce=xyz")
        + ("&redirect_uri=" + redirectUri(client) + responseType + extra);
  }

  public String url(String path) {
    return realmUrl + "/protocol/openid-connect" + path;
  }

  public static String redirectUri(String client) {
    return "http://app.test/" + client;
  }

  public HTTPResponse grant(String client, AuthorizationGrant grant, String scope) {
    return send(
        new TokenRequest.Builder(URI.create(url("/token")), auth(client), grant)
            .scope(Scope.parse(scope))
            .build()
            .toHTTPRequest());
  }

  public HTTPResponse password(String client, String username, String password) {
    return grant(
        client,
        new ResourceOwnerPasswordCredentialsGrant(username, new Secret(password)),
        "openid");
  }

  /** With the code of a second factor. */
  public HTTPResponse password(String client, String username, String password, String totp) {
    return send(
        new TokenRequest.Builder(
                URI.create(url("/token")),
                auth(client),
                new ResourceOwnerPasswordCredentialsGrant(username, new Secret(password)))
            .scope(Scope.parse("openid"))
            .customParameter("totp", totp)
            .build()
            .toHTTPRequest());
  }

  public HTTPResponse refresh(String client, RefreshToken token) {
    return grant(client, new RefreshTokenGrant(token), "");
  }

  /** What an app sends behind the browser's back. */
  public HTTPResponse logout(String client, RefreshToken token) {
    HTTPRequest request =
        new TokenRequest.Builder(
                URI.create(url("/logout")), auth(client), new RefreshTokenGrant(token))
            .build()
            .toHTTPRequest();
    return send(request);
  }

  public HTTPResponse code(String client, String code) {
    URI redirect = URI.create(redirectUri(client));
    return grant(client, new AuthorizationCodeGrant(new AuthorizationCode(code), redirect), "");
  }

  public HTTPResponse userInfo(AccessToken token) {
    return send(
        new UserInfoRequest(URI.create(url("/userinfo")), new BearerAccessToken(token.getValue()))
            .toHTTPRequest());
  }

  public HTTPResponse introspect(String client, AccessToken token) {
    return send(
        new TokenIntrospectionRequest(URI.create(url("/token/introspect")), auth(client), token)
            .toHTTPRequest());
  }

  public static ClientAuthentication auth(String client) {
    return new ClientSecretBasic(new ClientID(client), new Secret(SECRET));
  }

  public static HTTPResponse send(HTTPRequest request) {
    try {
      return request.send();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tokens of a successful answer; anything else fails the test with status and body. */
  public static OIDCTokens tokens(HTTPResponse response) {
    try {
      return OIDCTokenResponse.parse(response).getOIDCTokens();
    } catch (ParseException | RuntimeException e) {
      throw new AssertionError(response.getStatusCode() + " " + response.getBody(), e);
    }
  }

  public static Map<String, Object> claims(AccessToken token) {
    return claims(token.getValue());
  }

  public static Map<String, Object> claims(String jwt) {
    try {
      JWTClaimsSet claims = SignedJWT.parse(jwt).getJWTClaimsSet();
      return claims.toJSONObject();
    } catch (java.text.ParseException e) {
      throw new AssertionError(e);
    }
  }

  public static Map<String, Object> json(HTTPResponse response) {
    try {
      return response.getBodyAsJSONObject();
    } catch (ParseException e) {
      throw new AssertionError(response.getStatusCode() + " " + response.getBody(), e);
    }
  }
}

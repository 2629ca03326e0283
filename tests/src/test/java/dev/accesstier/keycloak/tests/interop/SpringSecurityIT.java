// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientRepresentation;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.JwtDecoders;

/** A confidential app and an API with Spring Security, made from the issuer's address alone. */
@TestInstance(Lifecycle.PER_CLASS)
final class SpringSecurityIT {

  private static final String APP = "spring";
  private static final String STATE = "state";
  private static final String NONCE = "nonce";
  private static final String AFTER_LOGOUT = "http://app.test/";
  private static final Fixture.User USER = Fixture.known().user("alpha-admin");

  private final ManaRealm realm = new ManaRealm();
  private final Browser browser = new Browser(TestServer.shared().keycloak().baseUrl());

  @BeforeAll
  void addApp() {
    ClientRepresentation app = TestRealm.client(APP);
    app.setDirectAccessGrantsEnabled(false);
    app.getAttributes().put("access.tier.required", "beta");
    app.getAttributes().put("post.logout.redirect.uris", AFTER_LOGOUT);
    List<String> scopes = new ArrayList<>(List.of("basic", "profile", "email", "acr"));
    scopes.addAll(List.of("access-tier", "mana-claims"));
    app.setDefaultClientScopes(scopes);
    try (Response created = realm.realm().clients().create(app)) {
      assertThat(created.getStatus()).isEqualTo(201);
    }
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void signsInRenewsIsRefusedAndSignsOut() {
    ClientRegistration registration =
        ClientRegistrations.fromIssuerLocation(realm.url(""))
            .registrationId(APP)
            .clientId(APP)
            .clientSecret(Oidc.SECRET)
            .redirectUri(Oidc.redirectUri(APP))
            .scope("openid")
            .build();
    OAuth2LoginAuthenticationToken login = signIn(registration);
    OidcUser user = (OidcUser) requireNonNull(login.getPrincipal());
    assertClaims(user.getIdToken().getClaims());
    assertClaims(requireNonNull(user.getUserInfo()).getClaims());
    assertThat(user.getName()).isEqualTo(USER.id());
    OAuth2AccessToken token = requireNonNull(login.getAccessToken());
    assertClaims(accepted(token.getTokenValue()));

    OAuth2AccessTokenResponse renewed = renew(registration, token, login.getRefreshToken());
    assertClaims(accepted(renewed.getAccessToken().getTokenValue()));

    require("founder");
    try {
      assertThatExceptionOfType(OAuth2AuthorizationException.class)
          .isThrownBy(
              () -> renew(registration, renewed.getAccessToken(), renewed.getRefreshToken()))
          .satisfies(
              refused -> {
                assertThat(refused.getError().getErrorCode()).isEqualTo("access_denied");
                assertThat(refused.getError().getDescription()).isNotBlank();
              });
    } finally {
      require("beta");
    }

    Map<String, Object> metadata = registration.getProviderDetails().getConfigurationMetadata();
    Browser.Stop end =
        browser.open(
            metadata.get("end_session_endpoint")
                + ("?post_logout_redirect_uri=" + AFTER_LOGOUT)
                + ("&id_token_hint=" + user.getIdToken().getTokenValue()));
    assertThat(end.uri()).hasToString(AFTER_LOGOUT);
  }

  private OAuth2LoginAuthenticationToken signIn(ClientRegistration registration) {
    OAuth2AuthorizationRequest.Builder builder =
        OAuth2AuthorizationRequest.authorizationCode()
            .authorizationUri(
                requireNonNull(registration.getProviderDetails().getAuthorizationUri()))
            .clientId(registration.getClientId())
            .redirectUri(registration.getRedirectUri())
            .scopes(registration.getScopes())
            .state(STATE)
            .attributes(all -> all.put(OidcParameterNames.NONCE, NONCE))
            .additionalParameters(all -> all.put(OidcParameterNames.NONCE, hash(NONCE)));
    OAuth2AuthorizationRequestCustomizers.withPkce().accept(builder);
    OAuth2AuthorizationRequest request = builder.build();
    Browser.Stop stop =
        browser.signIn(request.getAuthorizationRequestUri(), USER.email(), USER.knownPassword());
    OAuth2AuthorizationResponse response =
        OAuth2AuthorizationResponse.success(stop.parameter("code"))
            .state(stop.parameter("state"))
            .redirectUri(Oidc.redirectUri(APP))
            .build();
    Authentication signedIn =
        new OidcAuthorizationCodeAuthenticationProvider(
                new RestClientAuthorizationCodeTokenResponseClient(), new OidcUserService())
            .authenticate(
                new OAuth2LoginAuthenticationToken(
                    registration, new OAuth2AuthorizationExchange(request, response)));
    return (OAuth2LoginAuthenticationToken) requireNonNull(signedIn);
  }

  private static OAuth2AccessTokenResponse renew(
      ClientRegistration registration,
      OAuth2AccessToken access,
      @Nullable OAuth2RefreshToken refresh) {
    return new RestClientRefreshTokenTokenResponseClient()
        .getTokenResponse(
            new OAuth2RefreshTokenGrantRequest(registration, access, requireNonNull(refresh)));
  }

  /** What an API reads in a token. */
  private Map<String, Object> accepted(String token) {
    return JwtDecoders.fromIssuerLocation(realm.url("")).decode(token).getClaims();
  }

  private void require(String tier) {
    realm.change(APP, client -> client.getAttributes().put("access.tier.required", tier));
  }

  private static void assertClaims(Map<String, Object> claims) {
    assertThat(claims)
        .containsEntry("sub", USER.id())
        .containsEntry("tier", USER.tier())
        .containsEntry("access_tier", USER.tier())
        .containsEntry("role", USER.role());
  }

  private static String hash(String text) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}

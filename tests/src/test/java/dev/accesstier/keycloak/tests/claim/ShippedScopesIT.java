// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.claim;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResourceOwnerPasswordCredentialsGrant;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.AssertionSigner;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/**
 * The client scopes of the realm file: whoever asks hears the same, be it in the access token, the
 * ID token, at userinfo or at introspection.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ShippedScopesIT {

  private static final Fixture.User ADMIN = Fixture.known().user("alpha-admin");
  private static final List<String> OURS = List.of("mana-claims", "access-tier");
  private static final List<String> CLAIMS = List.of("sub", "tier", "role", "access_tier");

  private final ManaRealm realm = new ManaRealm();
  private final Oidc oidc = new Oidc(realm.url(""));

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest(name = "optional {0}, lightweight tokens {1}")
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void everyPlaceSaysTheSame(boolean optional, boolean lightweight) {
    String app = app(optional, client -> lightweight(client, lightweight));
    OIDCTokens tokens = signIn(app, optional ? "openid mana-claims access-tier" : "openid");

    assertThat(claims(Oidc.claims(tokens.getIDTokenString()))).isEqualTo(expected());
    assertThat(claims(userInfo(tokens))).isEqualTo(expected());
    assertThat(claims(introspected(app, tokens.getAccessToken()))).isEqualTo(expected());
    if (!lightweight) {
      assertThat(claims(Oidc.claims(tokens.getAccessToken()))).isEqualTo(expected());
    }
  }

  /** What a lightweight token itself says of whose it is must not be another name. */
  @Test
  void aLightweightTokenNamesNoOtherSubject() {
    String app = app(false, client -> lightweight(client, true));
    assertThat(Oidc.claims(signIn(app, "openid").getAccessToken()).getOrDefault("sub", ADMIN.id()))
        .isEqualTo(ADMIN.id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mana-claims", "access-tier"})
  void eachByItself(String scope) {
    String app = app(true, client -> {});
    Map<String, Object> wanted = new HashMap<>();
    expected()
        .forEach(
            (claim, value) -> {
              if (scope.equals("access-tier") == claim.equals("access_tier")) {
                wanted.put(claim, value);
              }
            });
    OIDCTokens tokens = signIn(app, "openid " + scope);
    for (Map<String, Object> place : places(app, tokens)) {
      assertThat(place).containsAllEntriesOf(wanted);
      assertThat(place.containsKey("access_tier")).isEqualTo(scope.equals("access-tier"));
      assertThat(place.containsKey("tier")).isEqualTo(scope.equals("mana-claims"));
      assertThat(place.get("sub")).isEqualTo(Oidc.claims(tokens.getIDTokenString()).get("sub"));
    }
  }

  @ParameterizedTest(name = "optional {0}")
  @ValueSource(booleans = {true, false})
  void aClientThatRefreshesWithWhatItWasGrantedKeepsIt(boolean optional) {
    String app = app(optional, client -> {});
    OIDCTokens tokens = signIn(app, optional ? "openid mana-claims access-tier" : "openid");
    String granted = String.valueOf(Oidc.claims(tokens.getAccessToken()).get("scope"));
    assertThat(granted.split(" ")).contains("mana-claims", "access-tier");

    OIDCTokens fresh = Oidc.tokens(refresh(app, tokens.getRefreshToken(), granted));

    assertThat(places(app, fresh)).allSatisfy(place -> assertSame(place));
  }

  @Test
  void aDefaultScopeCannotBeNarrowedAway() {
    String app = app(false, client -> {});
    OIDCTokens fresh = Oidc.tokens(refresh(app, signIn(app, "openid").getRefreshToken(), "openid"));
    assertThat(places(app, fresh)).allSatisfy(place -> assertSame(place));
  }

  /** The documented reason to give apps {@code mana-claims} by default. */
  @Test
  void anOptionalOneCanAndEveryPlaceFollows() {
    String app = app(true, client -> {});
    RefreshToken token = signIn(app, "openid mana-claims access-tier").getRefreshToken();
    OIDCTokens fresh = Oidc.tokens(refresh(app, token, "openid"));
    assertThat(places(app, fresh))
        .allSatisfy(
            place ->
                assertThat(place)
                    .containsEntry("sub", Oidc.claims(fresh.getAccessToken()).get("sub"))
                    .doesNotContainKeys("tier", "role", "access_tier"));
  }

  @ParameterizedTest(name = "optional {0}, lightweight tokens {1}")
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void anExchangedTokenSaysTheSame(boolean optional, boolean lightweight) {
    String app =
        app(
            optional,
            client -> {
              lightweight(client, lightweight);
              client.getAttributes().put("standard.token.exchange.enabled", "true");
            });
    String scope = optional ? "openid mana-claims access-tier" : "openid";
    TokenExchangeGrant grant =
        new TokenExchangeGrant(
            signIn(app, scope).getAccessToken(),
            TokenTypeURI.ACCESS_TOKEN,
            null,
            null,
            TokenTypeURI.ACCESS_TOKEN,
            List.<Audience>of());

    OIDCTokens tokens = Oidc.tokens(oidc.grant(app, grant, scope));

    assertSame(userInfo(tokens));
    assertSame(introspected(app, tokens.getAccessToken()));
  }

  @ParameterizedTest(name = "optional {0}")
  @ValueSource(booleans = {true, false})
  void aPairwiseSubjectWinsEverywhere(boolean optional) {
    for (int i = 0; i < 4; i++) { // mappers of one priority have no order that stays
      String app = app(optional, ShippedScopesIT::pairwise);
      OIDCTokens tokens = signIn(app, optional ? "openid mana-claims access-tier" : "openid");
      Object subject = Oidc.claims(tokens.getIDTokenString()).get("sub");
      assertThat(subject).isNotEqualTo(ADMIN.id());
      assertThat(String.valueOf(subject)).doesNotContain(ADMIN.id());
      assertThat(places(app, tokens))
          .allSatisfy(place -> assertThat(place).containsEntry("sub", subject));
    }
  }

  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class ServiceAccount {

    @Test
    void hasNoTierAndNoRoleOfAPerson() {
      String app = app(false, client -> client.setServiceAccountsEnabled(true));
      AccessToken token = token(app);
      assertThat(Oidc.claims(token))
          .containsKey("sub")
          .doesNotContainKeys("tier", "role", "access_tier");
      assertThat(introspected(app, token))
          .containsEntry("active", true)
          .doesNotContainKeys("tier", "role", "access_tier");
    }

    @Test
    void hasTheRoleItWasGranted() {
      String app = app(false, client -> client.setServiceAccountsEnabled(true));
      var clients = realm.realm().clients();
      String id =
          clients.get(clients.findByClientId(app).get(0).getId()).getServiceAccountUser().getId();
      realm
          .realm()
          .users()
          .get(id)
          .roles()
          .realmLevel()
          .add(List.of(realm.realm().roles().get("service").toRepresentation()));
      assertThat(Oidc.claims(token(app)))
          .containsEntry("role", "service")
          .doesNotContainKeys("tier", "access_tier");
    }

    private AccessToken token(String app) {
      HTTPResponse response = oidc.grant(app, new ClientCredentialsGrant(), "");
      return new BearerAccessToken(String.valueOf(Oidc.json(response).get("access_token")));
    }
  }

  /** Without a session Keycloak knows whose a token is by nothing but the token. */
  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class WithoutSession {

    private final AssertionSigner signer = new AssertionSigner(realm.realm(), realm.url(""));
    private final String user =
        realm.realm().users().searchByEmail(ADMIN.email(), true).get(0).getId();

    @ParameterizedTest(name = "lightweight tokens {0}")
    @ValueSource(booleans = {false, true})
    void keycloakKnowsItsOwnToken(boolean lightweight) {
      String app =
          app(
              false,
              client -> {
                AssertionSigner.allow(client);
                lightweight(client, lightweight);
                client.getAttributes().put("standard.token.exchange.enabled", "true");
                client.setDefaultClientScopes(
                    client.getDefaultClientScopes().stream()
                        .filter(scope -> !scope.equals("profile"))
                        .toList());
              });
      HTTPResponse granted = oidc.grant(app, signer.assertion(user), "openid");
      AccessToken token =
          new BearerAccessToken(String.valueOf(Oidc.json(granted).get("access_token")));
      assertThat(Oidc.claims(token)).doesNotContainKey("sid");

      assertSame(introspected(app, token));
      assertSame(Oidc.json(oidc.userInfo(token)));
      assertThat(me(token)).containsEntry("accessTier", ADMIN.tier());
      TokenExchangeGrant exchange =
          new TokenExchangeGrant(
              token,
              TokenTypeURI.ACCESS_TOKEN,
              null,
              null,
              TokenTypeURI.ACCESS_TOKEN,
              List.<Audience>of());
      HTTPResponse exchanged = oidc.grant(app, exchange, "openid");
      assertSame(
          introspected(
              app,
              new BearerAccessToken(String.valueOf(Oidc.json(exchanged).get("access_token")))));
    }

    private Map<String, Object> me(AccessToken token) {
      HTTPRequest request =
          new HTTPRequest(HTTPRequest.Method.GET, URI.create(realm.url("/access-tier/me")));
      request.setAuthorization("Bearer " + token.getValue());
      return Oidc.json(Oidc.send(request));
    }
  }

  /** A confidential app as the guide describes one, for passwords as well. */
  private String app(boolean optional, Consumer<ClientRepresentation> more) {
    String id = "app-" + UUID.randomUUID();
    ClientRepresentation client = TestRealm.client(id);
    List<String> defaults = new ArrayList<>(List.of("basic", "profile", "email", "acr"));
    List<String> optionals = new ArrayList<>(List.of("offline_access"));
    (optional ? optionals : defaults).addAll(OURS);
    client.setDefaultClientScopes(defaults);
    client.setOptionalClientScopes(optionals);
    client.setProtocolMappers(new ArrayList<>(List.of(TestRealm.ownAudience(id))));
    more.accept(client);
    try (Response created = realm.realm().clients().create(client)) {
      assertThat(created.getStatus()).as(id).isEqualTo(201);
    }
    return id;
  }

  private static void lightweight(ClientRepresentation client, boolean lightweight) {
    client
        .getAttributes()
        .put("client.use.lightweight.access.token.enabled", String.valueOf(lightweight));
    // Without it Keycloak keeps these tokens for resource servers.
    client.getAttributes().put("allow.userinfo.with.lightweight.access.token", "true");
  }

  private static void pairwise(ClientRepresentation client) {
    ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
    mapper.setName("pairwise");
    mapper.setProtocol("openid-connect");
    mapper.setProtocolMapper("oidc-sha256-pairwise-sub-mapper");
    mapper.setConfig(Map.of("pairwiseSubAlgorithmSalt", "salt"));
    client.getProtocolMappers().add(mapper);
  }

  private OIDCTokens signIn(String app, String scope) {
    return Oidc.tokens(
        oidc.grant(
            app,
            new ResourceOwnerPasswordCredentialsGrant(
                ADMIN.email(), new Secret(ADMIN.knownPassword())),
            scope));
  }

  private HTTPResponse refresh(String app, RefreshToken token, String scope) {
    return oidc.grant(app, new RefreshTokenGrant(token), scope);
  }

  private Map<String, Object> userInfo(OIDCTokens tokens) {
    return Oidc.json(oidc.userInfo(tokens.getAccessToken()));
  }

  private Map<String, Object> introspected(String app, AccessToken token) {
    return Oidc.json(oidc.introspect(app, token));
  }

  /** Everything that names the user: both tokens, userinfo and introspection. */
  private List<Map<String, Object>> places(String app, OIDCTokens tokens) {
    return Stream.of(
            Oidc.claims(tokens.getAccessToken()),
            Oidc.claims(tokens.getIDTokenString()),
            userInfo(tokens),
            introspected(app, tokens.getAccessToken()))
        .toList();
  }

  private static Map<String, Object> claims(Map<String, Object> all) {
    Map<String, Object> ours = new HashMap<>(all);
    ours.keySet().retainAll(CLAIMS);
    return ours;
  }

  private static Map<String, Object> expected() {
    return Map.of(
        "sub", ADMIN.id(), "tier", ADMIN.tier(), "role", "admin", "access_tier", ADMIN.tier());
  }

  private static void assertSame(Map<String, Object> place) {
    assertThat(claims(place)).isEqualTo(expected());
  }
}

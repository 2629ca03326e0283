// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.claim;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.userprofile.config.UPConfig.UnmanagedAttributePolicy;

/** Mapper {@code oidc-access-tier-mapper}: where the tier appears, and how fresh it is. */
@TestInstance(Lifecycle.PER_CLASS)
final class AccessTierClaimIT {

  private static final String DATABASE = "claims";
  private static final String MAPPER = "oidc-access-tier-mapper";
  private static final Fixture.User BETA = Fixture.known().user("beta-user");

  private final PostgresServer postgres = TestServer.shared().postgres();
  private TestRealm realm;

  @BeforeAll
  void makeRealm() {
    Fixture.load(postgres.createDatabase(DATABASE));
    realm =
        TestRealm.create(
            Map.of("jdbcUrl", postgres.jdbcUrl(DATABASE), "username", PostgresServer.USER),
            rep -> {});
    var profile = realm.realm().users().userProfile();
    var configuration = profile.getConfiguration();
    configuration.setUnmanagedAttributePolicy(UnmanagedAttributePolicy.ADMIN_EDIT);
    profile.update(configuration);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void itIsEverywhereWithItsLevel() {
    OIDCTokens tokens = signIn(TestRealm.APP);
    assertTier(Oidc.claims(tokens.getAccessToken()), "beta", 2);
    assertTier(Oidc.claims(tokens.getIDTokenString()), "beta", 2);
    assertTier(Oidc.json(realm.oidc().userInfo(tokens.getAccessToken())), "beta", 2);
    assertTier(Oidc.json(introspect(TestRealm.APP, tokens)), "beta", 2);
  }

  /** Each switch alone decides about its own place. */
  @ParameterizedTest
  @ValueSource(strings = {"access.token", "id.token", "userinfo.token", "introspection.token"})
  void eachPlaceCanBeSwitchedOff(String place) {
    String client = "without-" + place;
    add(client, Map.of(place + ".claim", "false"));
    OIDCTokens tokens = signIn(client);
    Map<String, Map<String, Object>> found =
        Map.of(
            "access.token", Oidc.claims(tokens.getAccessToken()),
            "id.token", Oidc.claims(tokens.getIDTokenString()),
            "userinfo.token", Oidc.json(realm.oidc().userInfo(tokens.getAccessToken())));
    found.forEach(
        (where, claims) ->
            assertThat(claims.containsKey("access_tier")).isNotEqualTo(where.equals(place)));
    // Introspection adds to what the token holds, and takes nothing away from it.
    Map<String, Object> introspected = Oidc.json(introspect(client, tokens));
    assertThat(introspected).containsEntry("active", true);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "false,false"})
  void aLightweightTokenCarriesItOnRequest(boolean configured, boolean carried) {
    String client = "lightweight-" + configured;
    ClientRepresentation representation = TestRealm.client(client);
    representation.getAttributes().put("client.use.lightweight.access.token.enabled", "true");
    representation.setProtocolMappers(
        List.of(
            TestRealm.mapper(
                MAPPER,
                Map.of(
                    "claim.name", "access_tier", "lightweight.claim", String.valueOf(configured))),
            TestRealm.ownAudience(client)));
    realm.add(representation);
    OIDCTokens tokens = signIn(client);
    assertThat(Oidc.claims(tokens.getAccessToken()).containsKey("access_tier")).isEqualTo(carried);
    assertThat(Oidc.json(introspect(client, tokens))).containsEntry("access_tier", "beta");
  }

  @Test
  void theClaimMayHaveAnotherNameAndNoneMeansTheDefault() {
    add("named", Map.of("claim.name", "app.tier"));
    add("unnamed", Map.of("claim.name", ""));
    assertThat(Oidc.claims(signIn("named").getAccessToken()))
        .containsEntry("app", Map.of("tier", "beta"));
    assertThat(Oidc.claims(signIn("unnamed").getAccessToken()))
        .containsEntry("access_tier", "beta")
        .doesNotContainKey("tier_level");
  }

  @Test
  void aTierChangedBySqlIsInTheVeryNextToken() {
    OIDCTokens tokens =
        Oidc.tokens(realm.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword()));
    try {
      for (String tier : List.of("founder", "guest", "alpha")) {
        setTier(tier);
        tokens = Oidc.tokens(realm.oidc().refresh(TestRealm.APP, tokens.getRefreshToken()));
        assertThat(Oidc.claims(tokens.getAccessToken())).containsEntry("access_tier", tier);
        assertThat(Oidc.json(realm.oidc().userInfo(tokens.getAccessToken())))
            .containsEntry("access_tier", tier);
      }
    } finally {
      setTier("beta");
    }
  }

  @ParameterizedTest(name = "attribute \"{0}\" counts as {1}")
  @CsvSource({"'',public,1", "founder,founder,4", "nonsense,guest,0"})
  void aLocalUsersTierIsItsAttribute(String attribute, String tier, int level) {
    String email = "local-" + tier + "@example.test";
    UserRepresentation user = new UserRepresentation();
    user.setUsername(email);
    user.setEmail(email);
    user.setEmailVerified(true);
    user.setFirstName("Lola");
    user.setLastName("Local");
    user.setEnabled(true);
    if (!attribute.isEmpty()) {
      user.setAttributes(Map.of("access_tier", List.of(attribute)));
    }
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(Browser.PASSWORD);
    user.setCredentials(List.of(password));
    realm.realm().users().create(user).close();

    OIDCTokens tokens = Oidc.tokens(realm.oidc().password(TestRealm.APP, email, Browser.PASSWORD));

    Map<String, Object> claims = Oidc.claims(tokens.getAccessToken());
    assertTier(claims, tier, level);
    assertThat(claims)
        .containsEntry("sub", realm.user(email).getId())
        .containsEntry("role", "user");
  }

  private void add(String client, Map<String, String> config) {
    ClientRepresentation representation = TestRealm.client(client);
    representation.setProtocolMappers(
        List.of(
            TestRealm.mapper(MAPPER, with(Map.of("claim.name", "access_tier"), config)),
            TestRealm.ownAudience(client)));
    realm.add(representation);
  }

  private static Map<String, String> with(Map<String, String> base, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(base);
    all.putAll(more);
    return all;
  }

  private OIDCTokens signIn(String client) {
    return Oidc.tokens(realm.oidc().password(client, BETA.email(), BETA.knownPassword()));
  }

  private HTTPResponse introspect(String client, OIDCTokens tokens) {
    return realm.oidc().introspect(client, tokens.getAccessToken());
  }

  private void setTier(String tier) {
    postgres.execute(
        DATABASE,
        "update auth.users set access_tier = '%s' where id = '%s'".formatted(tier, BETA.id()));
  }

  private static void assertTier(Map<String, Object> claims, String tier, int level) {
    assertThat(claims).containsEntry("access_tier", tier);
    assertThat(((Number) claims.getOrDefault("tier_level", -1)).intValue()).isEqualTo(level);
  }
}

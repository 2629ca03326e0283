// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.realm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.util.JsonSerialization;

/** {@code mana-realm.json}, created through the admin API, exported again and used. */
@TestInstance(Lifecycle.PER_CLASS)
final class RealmFileIT {

  private static final String NAME = "mana";
  private static final String STORAGE = "mana-better-auth-users";
  private static final String NEWEST_SCOPE = "AuthnContextClassRef";

  /** Keycloak's own list leaves these out. */
  static final List<String> EVENT_TYPES_OF_REFUSALS =
      List.of(
          "REFRESH_TOKEN_ERROR",
          "INTROSPECT_TOKEN_ERROR",
          "USER_INFO_REQUEST_ERROR",
          "PERMISSION_TOKEN_ERROR");

  private final String baseUrl = TestServer.shared().keycloak().baseUrl();
  private final Oidc oidc = new Oidc(baseUrl + "/realms/" + NAME);
  private JsonNode file;
  private JsonNode exported;

  @BeforeAll
  void importRealm() throws IOException {
    file = new ObjectMapper().readTree(TestServer.realmExport("mana-realm.json").toFile());
    TestServer.shared()
        .admin()
        .realms()
        .create(JsonSerialization.readValue(file.toString(), RealmRepresentation.class));
    exported = JsonSerialization.mapper.valueToTree(realm().partialExport(true, true));
  }

  @AfterAll
  void removeRealm() {
    realm().remove();
  }

  private static RealmResource realm() {
    return TestServer.shared().admin().realm(NAME);
  }

  /** Everything the file says is in the export; Keycloak adds defaults of its own to it. */
  @Test
  void whatWasImportedIsExportedAgain() {
    List<String> lost = new ArrayList<>();
    compare("", file, exported, lost);
    // A built-in scope that an older Keycloak lacks.
    if (!exported.get("clientScopes").findValuesAsText("name").contains(NEWEST_SCOPE)) {
      lost.remove("/defaultDefaultClientScopes: \"" + NEWEST_SCOPE + '"');
    }
    assertThat(lost).isEmpty();
  }

  @Test
  void theBuiltInScopesAreThereToo() {
    assertThat(realm().clientScopes().findAll())
        .extracting("name")
        .contains("basic", "profile", "email", "roles", "web-origins", "acr", "offline_access")
        .contains("access-tier", "mana-claims");
  }

  @Test
  void allAppsAreThereAndSecureByDefault() {
    var apps =
        realm().clients().findAll().stream()
            .filter(client -> client.getAttributes().containsKey("access.tier.required"))
            .toList();
    assertThat(apps).hasSize(25);
    assertThat(apps)
        .allSatisfy(
            app -> {
              assertThat(app.isPublicClient()).isTrue();
              assertThat(app.isDirectAccessGrantsEnabled()).isFalse();
              assertThat(app.isImplicitFlowEnabled()).isFalse();
              assertThat(app.getAttributes())
                  .containsEntry("pkce.code.challenge.method", "S256")
                  .containsKey("access.tier.description.de");
              assertThat(app.getRedirectUris()).noneMatch(uri -> uri.contains("*"));
              assertThat(app.getDefaultClientScopes()).contains("access-tier", "mana-claims");
            });
    assertThat(
            apps.stream()
                .filter(app -> "beta".equals(app.getAttributes().get("access.tier.required"))))
        .hasSize(6);
  }

  /** The flow is a copy, because Keycloak's own takes no more executions. */
  @Test
  void theBrowserFlowIsKeycloaksOwnWithTheSessionCookieSwitchedOff() {
    assertThat(realm().toRepresentation().getBrowserFlow()).isEqualTo("mana browser");
    List<String> own = executions("mana browser");
    List<String> expected = executions("browser");
    expected.add(1, "0 better-auth-session DISABLED {}");
    // So that people see their codes when they set an app up, and can make new ones.
    expected.replaceAll(
        one ->
            one.contains("auth-recovery-authn-code-form")
                ? one.replace("DISABLED", "ALTERNATIVE")
                : one);
    assertThat(own).isEqualTo(expected);
  }

  private static List<String> executions(String flow) {
    return realm().flows().getExecutions(flow).stream()
        .map(
            execution ->
                String.join(
                    " ",
                    String.valueOf(execution.getLevel()),
                    execution.getProviderId() == null ? "flow" : execution.getProviderId(),
                    execution.getRequirement(),
                    config(execution.getAuthenticationConfig())))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static String config(@Nullable String id) {
    return id == null ? "{}" : realm().flows().getAuthenticatorConfig(id).getConfig().toString();
  }

  @Test
  void itHoldsNoSecret() {
    assertThat(file.toString())
        .doesNotContain("\"secret\"")
        .doesNotContain("privateKey")
        .doesNotContain("jdbc:");
  }

  static Stream<Fixture.User> people() {
    return Fixture.known().users().stream()
        .filter(user -> user.password() != null && user.isVerified())
        .filter(user -> !user.deleted() && !user.twoFactor());
  }

  /** Nobody is asked to correct a profile that Better Auth was content with. */
  @ParameterizedTest
  @MethodSource("people")
  void everyoneSignsInToTheAppsOfTheirTier(Fixture.User user) throws Exception {
    CodeVerifier verifier = new CodeVerifier();
    Browser.Stop stop =
        new Browser(baseUrl)
            .signIn(authUrl("calc", "openid", verifier), user.email(), user.knownPassword());
    if (List.of("guest", "public").contains(user.tier())) {
      assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
      return;
    }
    OIDCTokens tokens = tokens("calc", stop, verifier);
    for (Map<String, Object> claims :
        List.of(Oidc.claims(tokens.getAccessToken()), Oidc.claims(tokens.getIDTokenString()))) {
      assertThat(claims)
          .containsEntry("sub", user.id())
          .containsEntry("email", user.email())
          .containsEntry("tier", user.tier())
          .containsEntry("access_tier", user.tier())
          .containsEntry("role", user.role())
          .containsKey("sid");
    }
  }

  private OIDCTokens signIn(String app, String scope, Fixture.User user) {
    CodeVerifier verifier = new CodeVerifier();
    String url = authUrl(app, scope, verifier);
    return tokens(
        app, new Browser(baseUrl).signIn(url, user.email(), user.knownPassword()), verifier);
  }

  private String authUrl(String app, String scope, CodeVerifier verifier) {
    return oidc.url("/auth")
        + ("?client_id=" + app + "&response_type=code&state=s&redirect_uri=" + callback(app))
        + ("&scope=" + scope + "&code_challenge_method=S256&code_challenge=")
        + CodeChallenge.compute(CodeChallengeMethod.S256, verifier).getValue();
  }

  private OIDCTokens tokens(String app, Browser.Stop stop, CodeVerifier verifier) {
    assertThat(stop.uri().toString()).as(stop.page().text()).startsWith(callback(app));
    AuthorizationCode code = new AuthorizationCode(stop.parameter("code"));
    return Oidc.tokens(
        grant(app, new AuthorizationCodeGrant(code, URI.create(callback(app)), verifier)));
  }

  private HTTPResponse grant(String app, AuthorizationGrant grant) {
    return Oidc.send(
        new TokenRequest.Builder(URI.create(oidc.url("/token")), new ClientID(app), grant)
            .build()
            .toHTTPRequest());
  }

  private static String callback(String app) {
    return client(app).toRepresentation().getRedirectUris().get(0);
  }

  private static ClientResource client(String app) {
    return realm().clients().get(realm().clients().findByClientId(app).get(0).getId());
  }

  /** Once more than once: tabs of one browser that renew at the same moment. */
  @ParameterizedTest
  @ValueSource(strings = {"openid", "openid%20offline_access"})
  void aRefreshTokenIsReplacedAndTakenOnceMoreAtMost(String scope) {
    RefreshToken first =
        signIn("portal", scope, Fixture.known().user("beta-user")).getRefreshToken();
    RefreshToken second = renew(first);
    assertThat(second).isNotEqualTo(first);
    RefreshToken again = renew(first);
    HTTPResponse third = grant("portal", new RefreshTokenGrant(first));
    assertThat(third.getStatusCode()).as(third.getBody()).isEqualTo(400);
    assertThat(Oidc.json(third)).containsEntry("error", "invalid_grant");
    assertThat(grant("portal", new RefreshTokenGrant(again)).getStatusCode())
        .as("a token used too often ends the app's session")
        .isEqualTo(400);
  }

  private RefreshToken renew(RefreshToken token) {
    return Oidc.tokens(grant("portal", new RefreshTokenGrant(token))).getRefreshToken();
  }

  @Test
  void anOfflineSessionEnds() {
    assertThat(realm().toRepresentation().getOfflineSessionMaxLifespanEnabled()).isTrue();
    assertThat(realm().toRepresentation().getOfflineSessionMaxLifespan())
        .isLessThanOrEqualTo(60 * 24 * 60 * 60);
  }

  @Test
  void nothingIsWrittenIntoTheSchemaUntilSomebodySaysSo() {
    assertThat(
            realm().components().component(STORAGE).toRepresentation().getConfig().get("editMode"))
        .containsExactly("READ_ONLY");
  }

  static List<String> eventTypesOfKeycloak() {
    return TestServer.shared()
        .admin()
        .realm("master")
        .getRealmEventsConfig()
        .getEnabledEventTypes();
  }

  @Test
  void whatRefusalsAreReportedAsIsStored() {
    assertThat(realm().getRealmEventsConfig().getEnabledEventTypes())
        .containsAll(eventTypesOfKeycloak())
        .containsAll(EVENT_TYPES_OF_REFUSALS);
    RefreshToken token =
        signIn("calc", "openid", Fixture.known().user("alpha-user")).getRefreshToken();
    require("calc", "founder");
    try {
      assertThat(grant("calc", new RefreshTokenGrant(token)).getStatusCode()).isEqualTo(400);
    } finally {
      require("calc", "beta");
    }
    assertThat(
            realm()
                .getEvents(
                    List.of("REFRESH_TOKEN_ERROR"), null, null, null, null, null, null, null))
        .anySatisfy(
            event ->
                assertThat(event.getDetails())
                    .containsEntry("reason", "access_tier")
                    .containsEntry("required_tier", "founder"));
  }

  private static void require(String app, String tier) {
    ClientRepresentation changed = client(app).toRepresentation();
    changed.getAttributes().put("access.tier.required", tier);
    client(app).update(changed);
  }

  /** A tool that applies the file would take away what a partial list leaves out. */
  @Test
  void itsListsHoldWhatKeycloakPutsThereItself() {
    RealmRepresentation plain = new RealmRepresentation();
    plain.setRealm("plain");
    plain.setEnabled(true);
    TestServer.shared().admin().realms().create(plain);
    RealmResource fresh = TestServer.shared().admin().realm("plain");
    try {
      JsonNode own = JsonSerialization.mapper.valueToTree(fresh.partialExport(true, true));
      List<String> lost = new ArrayList<>();
      for (String list :
          List.of(
              "/defaultDefaultClientScopes",
              "/defaultOptionalClientScopes",
              "/scopeMappings",
              "/clientScopeMappings/account")) {
        compare(list, own.at(list), file.at(list), lost);
      }
      assertThat(lost).isEmpty();
    } finally {
      fresh.remove();
    }
  }

  /** The command of the guide, as it is printed there. */
  @Test
  void aSecondRealmIsOneCommandAway() throws Exception {
    Path folder = TestServer.folder("second-realm");
    Files.createDirectories(folder.resolve("realm-export"));
    Files.copy(
        TestServer.realmExport("mana-realm.json"),
        folder.resolve("realm-export/mana-realm.json"),
        StandardCopyOption.REPLACE_EXISTING);
    String guide = Files.readString(TestServer.realmExport("../docs/realm.md"));
    String section = guide.substring(guide.indexOf("## A second realm"));
    String command = section.substring(section.indexOf("```sh") + 5, section.indexOf("```\n\n"));
    Process sed =
        new ProcessBuilder("bash", "-ec", command).directory(folder.toFile()).inheritIO().start();
    assertThat(sed.waitFor()).isZero();
    RealmRepresentation second =
        JsonSerialization.readValue(
            Files.readString(folder.resolve("staging-realm.json")), RealmRepresentation.class);
    TestServer.shared().admin().realms().create(second);
    try {
      String realmUrl = baseUrl + "/realms/" + second.getRealm();
      Browser.Stop login =
          new Browser(baseUrl)
              .open(
                  new Oidc(realmUrl).url("/auth")
                      + "?client_id=access-tier-console&response_type=code&scope=openid"
                      + "&code_challenge_method=S256"
                      + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                      + ("&redirect_uri=" + realmUrl + "/access-tier/console"));
      assertThat(login.status()).as(login.page().text()).isEqualTo(200);
      assertThat(login.page().selectFirst("#username")).isNotNull();
    } finally {
      TestServer.shared().admin().realm(second.getRealm()).remove();
    }
  }

  @Test
  void anUnverifiedUserIsToldWhatToDoWithoutMail() {
    Fixture.User user = Fixture.known().user("unverified-1");
    Browser.Stop stop =
        new Browser(baseUrl)
            .speaking("de")
            .signIn(
                oidc.url("/auth")
                    + "?client_id=portal&response_type=code&scope=openid&code_challenge_method=S256"
                    + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                    + "&redirect_uri=https://mana.how/auth/callback",
                user.email(),
                user.knownPassword());
    assertThat(stop.body()).contains("Die E-Mail konnte nicht gesendet werden");
  }

  /** Objects by key, lists of named things by name, other lists as sets. */
  private static void compare(String path, JsonNode wanted, JsonNode found, List<String> lost) {
    if (wanted.isObject()) {
      wanted
          .properties()
          .forEach(
              e ->
                  compareField(path + "/" + e.getKey(), e.getValue(), found.get(e.getKey()), lost));
    } else if (wanted.isArray()) {
      for (JsonNode item : wanted) {
        JsonNode match = match(item, found);
        if (match == null) {
          lost.add(path + ": " + item);
        } else if (item.isObject()) {
          compare(path + "/" + name(item), item, match, lost);
        }
      }
    } else if (!wanted.asText().equals(found.asText()) && !sameJson(wanted, found)) {
      lost.add(path + ": " + wanted + " became " + found);
    }
  }

  private static void compareField(
      String path, JsonNode wanted, @Nullable JsonNode found, List<String> lost) {
    if (found != null) {
      compare(path, wanted, found, lost);
    } else if (!wanted.isEmpty() && !path.endsWith("/CreateDefaultClientScopes")) {
      lost.add(path + ": " + wanted + " is missing");
    }
  }

  private static @Nullable JsonNode match(JsonNode item, JsonNode list) {
    for (JsonNode candidate : list) {
      if (item.isObject() ? name(item).equals(name(candidate)) : sameJson(item, candidate)) {
        return candidate;
      }
    }
    return null;
  }

  private static String name(JsonNode item) {
    for (String key :
        List.of(
            "clientId",
            "client",
            "alias",
            "name",
            "authenticator",
            "flowAlias",
            "providerId",
            "executor",
            "condition")) {
      if (item.hasNonNull(key)) {
        return item.get(key).asText();
      }
    }
    return item.toString();
  }

  /** The user profile is JSON in a string, whose order Keycloak may change. */
  private static boolean sameJson(JsonNode one, JsonNode other) {
    if (one.equals(other)) {
      return true;
    }
    if (!one.isTextual() || !one.asText().startsWith("{")) {
      return false;
    }
    try {
      ObjectMapper mapper = new ObjectMapper();
      List<String> lost = new ArrayList<>();
      compare("", mapper.readTree(one.asText()), mapper.readTree(other.asText()), lost);
      return lost.isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

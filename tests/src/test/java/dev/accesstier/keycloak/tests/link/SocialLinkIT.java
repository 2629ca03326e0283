// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.accesstier.keycloak.tests.support.AuthStatements;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.AuthenticationExecutionInfoRepresentation;
import org.keycloak.representations.idm.AuthenticationFlowRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * "Sign in with Google", where Google is another realm: who linked the account at Better Auth is
 * the same user here, and either side sees what the other did.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SocialLinkIT {

  private static final Fixture.User SOCIAL = Fixture.known().user("social-only");
  private static final Fixture.User OTHER = Fixture.known().user("pw-min8");
  private static final String NOBODY = "nobody";
  private static final String BROKER = "mana";

  private final String base = TestServer.shared().keycloak().baseUrl();
  private TestRealm google;
  private TestRealm realm;

  @BeforeAll
  void makeRealms() {
    google = TestRealm.create();
    realm =
        TestRealm.create(
            Map.of("editMode", "WRITABLE", "providerAliases", "github=git-hub"), rep -> {});
    ClientRepresentation broker = TestRealm.client(BROKER);
    broker.setRedirectUris(List.of(base + "/realms/*"));
    google.add(broker);
    provider(realm, "google");
    provider(realm, "git-hub");
  }

  @AfterAll
  void removeRealms() {
    realm.close();
    google.close();
  }

  @AfterEach
  void restoreRows() {
    Rows.update(
        "delete from auth.accounts where id like 'test-%' or user_id = ? and provider_id <> ?",
        OTHER.id(), "credential");
  }

  @Test
  void aLinkOfBetterAuthSignsInAsItsUser() {
    Person person = person();
    linkAtBetterAuth("google", person.id(), SOCIAL.id());

    assertThat(userOf(realm, signIn(realm, "google", person))).isEqualTo(SOCIAL.id());
    assertThat(userOf(realm, signIn(realm, "google", person))).as("again").isEqualTo(SOCIAL.id());
  }

  @Test
  void aProviderMayHaveAnotherAlias() {
    Person person = person();
    linkAtBetterAuth("github", person.id(), OTHER.id());

    assertThat(userOf(realm, signIn(realm, "git-hub", person))).isEqualTo(OTHER.id());
  }

  @Test
  void anUnlinkedAccountIsNobodys() {
    assertNobodys(signIn(realm, "google", person()));
  }

  @Test
  void aCredentialRowIsNoLink() {
    provider(realm, "credential");
    Person person = person();
    Rows.update(
        "insert into auth.accounts (id, account_id, provider_id, user_id) values"
            + " ('test-credential', ?, 'credential', ?)",
        person.id(),
        SOCIAL.id());

    assertNobodys(signIn(realm, "credential", person));
  }

  @Test
  void whatBetterAuthUnlinksSignsInNoMore() {
    Person person = person();
    linkAtBetterAuth("google", person.id(), SOCIAL.id());
    assertThat(userOf(realm, signIn(realm, "google", person))).isEqualTo(SOCIAL.id());

    Rows.update("delete from auth.accounts where account_id = ?", person.id());

    assertNobodys(signIn(realm, "google", person));
  }

  @Test
  void theConsoleListsLinksAsTheyAreNow() {
    UserResource user = user(realm, OTHER);
    assertThat(aliases(user)).isEmpty();

    Person person = person();
    linkAtBetterAuth("github", person.id(), OTHER.id());
    assertThat(aliases(user)).containsExactly("git-hub");

    Rows.update("delete from auth.accounts where account_id = ?", person.id());
    assertThat(aliases(user)).isEmpty();
  }

  @Test
  void theTokensOfTheProviderAreNotEvenRead() {
    List<String> statements =
        new AuthStatements()
            .during(
                () ->
                    assertThat(user(realm, SOCIAL).getFederatedIdentity())
                        .extracting(FederatedIdentityRepresentation::getUserId)
                        .containsExactly("108234567890123456789"));
    assertThat(statements).anyMatch(statement -> statement.contains("accounts"));
    assertThat(statements).noneMatch(statement -> statement.contains("token"));
  }

  @Test
  void aLinkMadeInKeycloakIsARow() {
    Person person = person();
    link(realm, OTHER, "git-hub", person);

    assertThat(Rows.select("select * from auth.accounts where account_id = ?", person.id()))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row)
                  .containsEntry("provider_id", "github")
                  .containsEntry("user_id", OTHER.id())
                  .containsKeys("created_at", "updated_at")
                  .doesNotContainKeys("access_token", "refresh_token", "id_token", "password");
              assertThat(row.get("id")).matches("[a-zA-Z0-9]{32}");
            });
    assertThat(userOf(realm, signIn(realm, "git-hub", person))).isEqualTo(OTHER.id());
  }

  @Test
  void aLinkRemovedInKeycloakIsNoRowAnyMore() {
    Person person = person();
    linkAtBetterAuth("github", person.id(), OTHER.id());
    assertThat(userOf(realm, signIn(realm, "git-hub", person))).isEqualTo(OTHER.id());

    user(realm, OTHER).removeFederatedIdentity("git-hub");

    assertThat(Rows.select("select id from auth.accounts where account_id = ?", person.id()))
        .isEmpty();
    assertThat(
            Rows.select(
                "select id from auth.accounts where user_id = ? and provider_id = 'credential'",
                OTHER.id()))
        .as("the password stays")
        .hasSize(1);
    assertNobodys(signIn(realm, "git-hub", person));
  }

  @Nested
  class ReadOnly {

    private final TestRealm reading = TestRealm.create(Map.of("editMode", "READ_ONLY"), rep -> {});

    @AfterEach
    void removeRealm() {
      reading.close();
    }

    @Test
    void linksOfBetterAuthSignInAndCannotBeRemoved() {
      provider(reading, "google");
      Person person = person();
      linkAtBetterAuth("google", person.id(), OTHER.id());

      assertThat(userOf(reading, signIn(reading, "google", person))).isEqualTo(OTHER.id());
      assertThatThrownBy(() -> user(reading, OTHER).removeFederatedIdentity("google"))
          .isInstanceOf(BadRequestException.class);
      assertThat(Rows.select("select id from auth.accounts where account_id = ?", person.id()))
          .hasSize(1);
    }

    @Test
    void aLinkMadeInKeycloakIsKeycloaksOwn() {
      provider(reading, "google");
      Person person = person();
      link(reading, OTHER, "google", person);

      assertThat(Rows.select("select id from auth.accounts where account_id = ?", person.id()))
          .isEmpty();
      assertThat(userOf(reading, signIn(reading, "google", person))).isEqualTo(OTHER.id());
      user(reading, OTHER).removeFederatedIdentity("google");
      assertNobodys(signIn(reading, "google", person));
    }
  }

  /** Someone at the other realm; Keycloak's id there is what the provider calls them. */
  private record Person(String id, String username) {}

  private Person person() {
    UserRepresentation user = new UserRepresentation();
    user.setUsername("p" + UUID.randomUUID().toString().substring(0, 8) + "@google.test");
    user.setEmail(user.getUsername());
    user.setEmailVerified(true);
    user.setFirstName("Ada");
    user.setLastName("Example");
    user.setEnabled(true);
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(Browser.PASSWORD);
    user.setCredentials(List.of(password));
    try (var created = google.realm().users().create(user)) {
      return new Person(CreatedResponseUtil.getCreatedId(created), user.getUsername());
    }
  }

  private static void linkAtBetterAuth(String provider, String accountId, String userId) {
    Rows.update(
        "insert into auth.accounts (id, account_id, provider_id, user_id, access_token)"
            + " values (?, ?, ?, ?, 'secret-token')",
        "test-" + accountId,
        accountId,
        provider,
        userId);
  }

  private static void link(TestRealm realm, Fixture.User user, String alias, Person person) {
    FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
    link.setIdentityProvider(alias);
    link.setUserId(person.id());
    link.setUserName(person.username());
    try (var added = user(realm, user).addFederatedIdentity(alias, link)) {
      assertThat(added.getStatus()).isEqualTo(204);
    }
  }

  private static UserResource user(TestRealm realm, Fixture.User user) {
    return realm.realm().users().get(realm.user(user.email()).getId());
  }

  private static List<String> aliases(UserResource user) {
    return user.getFederatedIdentity().stream()
        .map(FederatedIdentityRepresentation::getIdentityProvider)
        .toList();
  }

  private Stop signIn(TestRealm at, String alias, Person person) {
    return new Browser(base)
        .signIn(at.oidc().authUrl(TestRealm.APP, "&kc_idp_hint=" + alias), person.username());
  }

  /** Whom no user is linked to, the realm sends through its first broker login flow. */
  private static void assertNobodys(Stop stop) {
    assertThat(stop.uri().getPath()).as(stop.body()).endsWith("/first-broker-login");
    assertThat(stop.parameter("code")).isEmpty();
  }

  /** The {@code auth.users} id of who is signed in there. */
  private static String userOf(TestRealm at, Stop stop) {
    assertThat(stop.parameter("code")).as(stop.uri() + stop.body()).isNotEmpty();
    return String.valueOf(
        Oidc.claims(
                Oidc.tokens(at.oidc().code(TestRealm.APP, stop.parameter("code"))).getAccessToken())
            .get("sub"));
  }

  /** As a realm of tokens that are stored, which Keycloak has no place for here. */
  private void provider(TestRealm at, String alias) {
    IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
    provider.setAlias(alias);
    provider.setProviderId("keycloak-oidc");
    provider.setEnabled(true);
    provider.setStoreToken(true);
    provider.setFirstBrokerLoginFlowAlias(NOBODY);
    String oidc = google.oidc().url("");
    Map<String, String> config = new HashMap<>();
    config.put("clientId", BROKER);
    config.put("clientSecret", Oidc.SECRET);
    config.put("clientAuthMethod", "client_secret_post");
    config.put("authorizationUrl", oidc + "/auth");
    config.put("tokenUrl", oidc + "/token");
    config.put("userInfoUrl", oidc + "/userinfo");
    config.put("defaultScope", "openid profile email");
    config.put("issuer", google.oidc().realmUrl());
    config.put("validateSignature", "false");
    provider.setConfig(config);
    refuseTheUnknown(at);
    try (var created = at.realm().identityProviders().create(provider)) {
      assertThat(created.getStatus()).as(created.readEntity(String.class)).isEqualTo(201);
    }
  }

  /** A first broker login flow that makes nobody's account. */
  private static void refuseTheUnknown(TestRealm at) {
    var flows = at.realm().flows();
    if (flows.getFlows().stream().anyMatch(flow -> flow.getAlias().equals(NOBODY))) {
      return;
    }
    AuthenticationFlowRepresentation flow = new AuthenticationFlowRepresentation();
    flow.setAlias(NOBODY);
    flow.setProviderId("basic-flow");
    flow.setTopLevel(true);
    flow.setBuiltIn(false);
    flows.createFlow(flow).close();
    flows.addExecution(NOBODY, Map.of("provider", "deny-access-authenticator"));
    AuthenticationExecutionInfoRepresentation step = flows.getExecutions(NOBODY).get(0);
    step.setRequirement("REQUIRED");
    flows.updateExecutions(NOBODY, step);
  }
}

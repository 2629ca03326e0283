// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.IdentityProviderMapperRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * An identity provider with sync mode FORCE says at every login how it knows the person: name,
 * email, roles, groups, attributes. Where that cannot be written the login goes on, and whatever is
 * written is what it says, all of it or none.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class ForcedSyncIT {

  private static final String DATABASE = "forced_sync";
  private static final String IDP = "upstream";
  private static final String CLIENT = "downstream";

  private final String base = TestServer.shared().keycloak().baseUrl();
  private TestRealm upstream;
  private TestRealm reading;
  private TestRealm writing;
  private AuthRows rows;
  private SampleUsers users;

  @BeforeAll
  void makeRealms() {
    PostgresServer postgres = TestServer.shared().postgres();
    var database = postgres.createDatabase(DATABASE);
    Fixture.load(database);
    rows = new AuthRows(database);
    users = new SampleUsers(database);
    upstream = TestRealm.create();
    ClientRepresentation broker = TestRealm.client(CLIENT);
    broker.setRedirectUris(List.of(base + "/realms/*"));
    upstream.add(broker);
    reading = realm("READ_ONLY");
    writing = realm("WRITABLE");
  }

  @AfterAll
  void removeRealms() {
    writing.close();
    reading.close();
    upstream.close();
  }

  @Test
  void whatTheReadOnlyRowDoesNotTakeIsLeft() {
    SampleUser user = user("Right Name", true);
    AuthRows.Row before = rows.user(user.id());
    String person = person(user, "other-" + user.email());

    for (int login = 1; login <= 3; login++) {
      assertSignsIn(reading, person, user);
    }

    assertThat(rows.user(user.id())).isEqualTo(before);
    UserRepresentation shown = resource(reading, user).toRepresentation();
    assertThat(shown.getEmail()).isEqualTo(user.email());
    assertThat(shown.getFirstName()).isEqualTo("Right");
    assertThat(shown.isEmailVerified()).isTrue();
    assertThat(groups(reading, user)).containsExactly("brokered");
    assertThat(roles(reading, user)).contains("user");
  }

  /** The provider's word is for its own address. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anotherAddressOfTheProviderProvesNothingOfTheRows(boolean trusted) {
    SampleUser user = user("Not Proven", false);
    String person = person(user, "proven-" + user.email());
    configure(reading, idp -> idp.setTrustEmail(trusted));

    assertSignsIn(reading, person, user);
    assertSignsIn(reading, person, user);

    assertThat(resource(reading, user).toRepresentation().isEmailVerified()).isFalse();
  }

  /** Nor does it take away what the user has proven to Keycloak. */
  @Test
  void anotherAddressOfTheProviderTakesNothingAway() {
    SampleUser user = user("Proven Here", false);
    UserResource resource = resource(reading, user);
    UserRepresentation proven = resource.toRepresentation();
    proven.setEmailVerified(true);
    resource.update(proven);
    String person = person(user, "unproven-" + user.email());
    configure(reading, idp -> idp.setTrustEmail(false));

    assertSignsIn(reading, person, user);

    assertThat(resource.toRepresentation().isEmailVerified()).isTrue();
  }

  @Test
  void aWritableRowTakesIt() {
    SampleUser user = user("Old Name", false);
    String email = "new-" + user.email();
    String person = person(user, email);

    assertSignsIn(writing, person, user);
    assertSignsIn(writing, person, user);

    assertThat(rows.user(user.id()).columns())
        .containsEntry("name", "Up Stream")
        .containsEntry("email", email)
        .containsEntry("email_verified", true);
    assertThat(groups(writing, email)).containsExactly("brokered");
    assertThat(roles(writing, email)).contains("user");
  }

  /** A user of the schema, whom the other realm knows by that email and another name. */
  private SampleUser user(String name, boolean verified) {
    String email = SampleUser.newId().toLowerCase(Locale.ROOT) + "@example.test";
    SampleUser user = SampleUser.of(email, name);
    users.add(verified ? user : user.unverified());
    return user;
  }

  private String person(SampleUser user, String email) {
    UserRepresentation person = new UserRepresentation();
    person.setUsername(email);
    person.setEmail(email);
    person.setEmailVerified(true);
    person.setFirstName("Up");
    person.setLastName("Stream");
    person.setEnabled(true);
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(Browser.PASSWORD);
    person.setCredentials(List.of(password));
    try (Response created = upstream.realm().users().create(person)) {
      rows.write(
          "insert into auth.accounts (id, account_id, provider_id, user_id) values (?, ?, ?, ?)",
          SampleUser.newId(),
          CreatedResponseUtil.getCreatedId(created),
          IDP,
          user.id());
    }
    return email;
  }

  private void assertSignsIn(TestRealm at, String person, SampleUser user) {
    Stop stop = signIn(at, person);
    assertThat(stop.parameter("code")).as(stop.uri() + stop.body()).isNotEmpty();
    var tokens = Oidc.tokens(at.oidc().code(TestRealm.APP, stop.parameter("code")));
    assertThat(Oidc.claims(tokens.getAccessToken())).containsEntry("sub", user.id());
  }

  private Stop signIn(TestRealm at, String person) {
    return new Browser(base)
        .signIn(at.oidc().authUrl(TestRealm.APP, "&kc_idp_hint=" + IDP), person);
  }

  private static UserResource resource(TestRealm at, SampleUser user) {
    return at.realm().users().get(at.user(user.email()).getId());
  }

  private static List<String> groups(TestRealm at, SampleUser user) {
    return groups(at, user.email());
  }

  private static List<String> groups(TestRealm at, String email) {
    return at.realm().users().get(at.user(email).getId()).groups().stream()
        .map(GroupRepresentation::getName)
        .toList();
  }

  private static List<String> roles(TestRealm at, SampleUser user) {
    return roles(at, user.email());
  }

  private static List<String> roles(TestRealm at, String email) {
    return at.realm().users().get(at.user(email).getId()).roles().realmLevel().listAll().stream()
        .map(RoleRepresentation::getName)
        .toList();
  }

  private TestRealm realm(String editMode) {
    TestRealm realm =
        TestRealm.create(
            Map.of(
                "editMode",
                editMode,
                "jdbcUrl",
                TestServer.shared().postgres().jdbcUrl(DATABASE),
                "username",
                PostgresServer.USER),
            rep -> {});
    GroupRepresentation group = new GroupRepresentation();
    group.setName("brokered");
    realm.realm().groups().add(group).close();
    IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
    provider.setAlias(IDP);
    provider.setProviderId("keycloak-oidc");
    provider.setEnabled(true);
    provider.setTrustEmail(true);
    String oidc = upstream.oidc().url("");
    Map<String, String> config = new HashMap<>();
    config.put("clientId", CLIENT);
    config.put("clientSecret", Oidc.SECRET);
    config.put("clientAuthMethod", "client_secret_post");
    config.put("authorizationUrl", oidc + "/auth");
    config.put("tokenUrl", oidc + "/token");
    config.put("userInfoUrl", oidc + "/userinfo");
    config.put("defaultScope", "openid profile email");
    config.put("issuer", upstream.oidc().realmUrl());
    config.put("validateSignature", "false");
    config.put("syncMode", "FORCE");
    provider.setConfig(config);
    try (Response created = realm.realm().identityProviders().create(provider)) {
      assertThat(created.getStatus()).as(created.readEntity(String.class)).isEqualTo(201);
    }
    mapper(realm, "oidc-hardcoded-group-idp-mapper", Map.of("group", "/brokered"));
    // Nobody has the claim: the role is to go, and with it one that comes from the column.
    mapper(
        realm,
        "oidc-role-idp-mapper",
        Map.of("claim", "no-such-claim", "claim.value", "x", "role", "user"));
    mapper(
        realm,
        "hardcoded-attribute-idp-mapper",
        Map.of("attribute", "picture", "attribute.value", "https://up.test/stream.png"));
    mapper(
        realm,
        "hardcoded-attribute-idp-mapper",
        Map.of("attribute", "EMAIL_VERIFIED", "attribute.value", "true"));
    return realm;
  }

  private static void mapper(TestRealm realm, String type, Map<String, String> config) {
    IdentityProviderMapperRepresentation mapper = new IdentityProviderMapperRepresentation();
    mapper.setName(type + config.hashCode());
    mapper.setIdentityProviderAlias(IDP);
    mapper.setIdentityProviderMapper(type);
    Map<String, String> all = new HashMap<>(config);
    all.put("syncMode", "FORCE");
    mapper.setConfig(all);
    try (Response added = realm.realm().identityProviders().get(IDP).addMapper(mapper)) {
      assertThat(added.getStatus()).isEqualTo(201);
    }
  }

  private static void configure(TestRealm realm, Consumer<IdentityProviderRepresentation> change) {
    var resource = realm.realm().identityProviders().get(IDP);
    IdentityProviderRepresentation provider = resource.toRepresentation();
    change.accept(provider);
    resource.update(provider);
  }
}

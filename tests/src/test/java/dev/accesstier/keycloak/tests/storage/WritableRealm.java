// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.keycloak.admin.client.resource.UserProfileResource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.userprofile.config.UPAttribute;
import org.keycloak.representations.userprofile.config.UPAttributePermissions;
import org.keycloak.representations.userprofile.config.UPConfig;

/** A realm whose component may write, on a database of its own with the fixture's rows. */
record WritableRealm(TestRealm realm, AuthRows rows, SampleUsers users) implements AutoCloseable {

  static final String PASSWORD = "the-old-password";

  private static final String HASH = ScryptHash.of(PASSWORD).stored();

  static WritableRealm create(
      String database, Map<String, String> config, Consumer<RealmRepresentation> more) {
    return create(TestServer.shared().postgres(), database, config, more);
  }

  /** On a server of the test's own. */
  static WritableRealm create(
      PostgresServer postgres,
      String database,
      Map<String, String> config,
      Consumer<RealmRepresentation> more) {
    var created = postgres.createDatabase(database);
    postgres.execute("postgres", "alter database " + database + " set log_statement = 'all'");
    Fixture.load(created);
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "jdbcUrl",
                postgres.jdbcUrl(database),
                "username",
                PostgresServer.USER,
                "editMode",
                "WRITABLE"));
    all.putAll(config);
    TestRealm realm = TestRealm.create(all, more);
    configureProfile(realm.realm().users().userProfile());
    return new WritableRealm(realm, new AuthRows(created), new SampleUsers(created));
  }

  /** As the realm file has it: a picture is an address, and other attributes are for admins. */
  private static void configureProfile(UserProfileResource profile) {
    UPConfig configuration = profile.getConfiguration();
    UPAttribute picture =
        new UPAttribute(
            "picture",
            new UPAttributePermissions(Set.of("admin", "user"), Set.of("admin", "user")));
    picture.addValidation("uri", Map.of());
    configuration.addOrReplaceAttribute(picture);
    configuration.setUnmanagedAttributePolicy(UPConfig.UnmanagedAttributePolicy.ADMIN_EDIT);
    profile.update(configuration);
  }

  /** A user of that name with the password {@value #PASSWORD}. */
  SampleUser add(String name) {
    String email = SampleUser.newId().toLowerCase(Locale.ROOT) + "@example.test";
    SampleUser user = SampleUser.of(email, name).passwordHash(HASH);
    users.add(user);
    return user;
  }

  UserResource resource(String email) {
    return realm.realm().users().get(realm.user(email).getId());
  }

  void change(String email, Consumer<UserRepresentation> change) {
    UserResource resource = resource(email);
    UserRepresentation representation = resource.toRepresentation();
    change.accept(representation);
    resource.update(representation);
  }

  boolean signsIn(String email, String password) {
    return realm.oidc().password(TestRealm.APP, email, password).getStatusCode() == 200;
  }

  String accessToken(String email, String password) {
    return Oidc.tokens(realm.oidc().password(TestRealm.APP, email, password))
        .getAccessToken()
        .getValue();
  }

  Browser browser() {
    return new Browser(TestServer.shared().keycloak().baseUrl());
  }

  @Override
  public void close() {
    realm.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** What a user's page says of groups and roles agrees with what those say of their members. */
@TestInstance(Lifecycle.PER_CLASS)
final class MembershipIT {

  private static final String LABEL = "create-realm";
  private static final String IN_MASTER = "masterComponentForTest";

  private WritableRealm realm;
  private SampleUser user;
  private String everybody;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create("membership", Map.of(), rep -> {});
    user = realm.add("Mem Ber");
    everybody = group("everybody");
    // A member before everybody was one.
    resource().joinGroup(everybody);
    realm().addDefaultGroup(everybody);
    realm().clearUserCache();
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void everybodyIsAMemberOfADefaultGroupOnBothPagesOnce() {
    allowUsernames();
    UserRepresentation local = new UserRepresentation();
    local.setUsername("local");
    local.setEmail("local@example.test");
    local.setFirstName("Lo");
    local.setLastName("Cal");
    local.setEnabled(true);
    String localId;
    try (Response created = realm().users().create(local)) {
      localId = CreatedResponseUtil.getCreatedId(created);
    }

    assertThat(resource().groups()).extracting(GroupRepresentation::getId).containsOnly(everybody);
    List<String> all =
        realm().users().list(0, 1000).stream().map(UserRepresentation::getId).toList();
    List<String> members = new ArrayList<>();
    for (int first = 0; first <= all.size(); first += 7) {
      realm().groups().group(everybody).members(first, 7).forEach(it -> members.add(it.getId()));
    }
    assertThat(members).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(all);
    assertThat(members).contains(localId);
  }

  @Test
  void aDefaultGroupCannotBeLeftAndSaysSo() {
    HttpResponse<String> refused =
        api().send("DELETE", "/users/" + id() + "/groups/" + everybody, "");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("member of the default groups of the realm");
    assertThat(resource().groups()).extracting(GroupRepresentation::getId).contains(everybody);
  }

  @Test
  void anotherGroupIsJoinedAndLeft() {
    String other = group("other");
    resource().joinGroup(other);
    resource().joinGroup(other);
    assertThat(realm().groups().group(other).members(0, 10)).hasSize(1);
    resource().leaveGroup(other);
    assertThat(realm().groups().group(other).members(0, 10)).isEmpty();
    assertThat(resource().groups()).extracting(GroupRepresentation::getId).doesNotContain(other);
  }

  /** Its parts are not, with neither kind of user. */
  @Test
  void everybodyHasTheDefaultRole() {
    String name = "default-roles-" + realm.realm().name();
    assertThat(resource().roles().realmLevel().listAll())
        .extracting(RoleRepresentation::getName)
        .containsExactlyInAnyOrder(name, "user");
    assertThat(resource().roles().realmLevel().listEffective())
        .extracting(RoleRepresentation::getName)
        .contains("offline_access");
    assertThat(realm().roles().get(name).getUserMembers(0, 1000))
        .extracting(UserRepresentation::getId)
        .doesNotHaveDuplicates()
        .contains(id());
    assertThat(realm().roles().get("offline_access").getUserMembers(0, 1000)).isEmpty();
  }

  /** A label of another service's may be the name of a role that means much here. */
  @Test
  void noOtherLabelOfTheColumnIsARole() {
    TestServer.shared()
        .postgres()
        .execute("membership", "alter type public.user_role add value '" + LABEL + "'");
    realm().roles().create(new RoleRepresentation(LABEL, "", false));
    SampleUser other = realm.add("Other Label");
    realm
        .rows()
        .write("update auth.users set role = ?::public.user_role where id = ?", LABEL, other.id());

    assertThat(realm.resource(other.email()).roles().realmLevel().listEffective())
        .extracting(RoleRepresentation::getName)
        .doesNotContain(LABEL);
    assertThat(realm().roles().get(LABEL).getUserMembers(0, 10)).isEmpty();
  }

  /** As an older version let one be saved. */
  @Test
  void inTheRealmOfTheServersAdminsNoRoleCounts() {
    SampleUser admin = realm.add("Not Admin").role("admin");
    realm.rows().write("update auth.users set role = 'admin' where id = ?", admin.id());
    AuthRows keycloak = new AuthRows(TestServer.shared().postgres().database("keycloak"));
    keycloak.write(
        "insert into component (id, name, parent_id, provider_id, provider_type, realm_id)"
            + " select ?, 'Better Auth', id, 'auth-schema',"
            + " 'org.keycloak.storage.UserStorageProvider', id from realm where name = 'master'",
        IN_MASTER);
    realm
        .realm()
        .component()
        .getConfig()
        .forEach(
            (name, values) ->
                keycloak.write(
                    "insert into component_config (id, component_id, name, value)"
                        + " values (?, ?, ?, ?)",
                    SampleUser.newId(),
                    IN_MASTER,
                    name,
                    values.get(0)));
    RealmResource master = TestServer.shared().admin().realm("master");
    master.clearRealmCache();
    try {
      String id = master.users().searchByEmail(admin.email(), true).get(0).getId();
      assertThat(master.users().get(id).roles().realmLevel().listEffective())
          .extracting(RoleRepresentation::getName)
          .doesNotContain("admin");
      assertThat(master.roles().get("admin").getUserMembers(0, 100))
          .extracting(UserRepresentation::getUsername)
          .doesNotContain(admin.email());
    } finally {
      master.components().component(IN_MASTER).remove();
    }
  }

  /** A user whose username is no email is a local one. */
  private void allowUsernames() {
    var representation = realm().toRepresentation();
    representation.setRegistrationEmailAsUsername(false);
    realm().update(representation);
  }

  private String group(String name) {
    GroupRepresentation group = new GroupRepresentation();
    group.setName(name);
    try (Response added = realm().groups().add(group)) {
      return CreatedResponseUtil.getCreatedId(added);
    }
  }

  private AdminApi api() {
    TestServer server = TestServer.shared();
    return new AdminApi(server.keycloak().baseUrl(), realm.realm().name(), server.admin());
  }

  private UserResource resource() {
    return realm.resource(user.email());
  }

  private String id() {
    return realm.realm().user(user.email()).getId();
  }

  private RealmResource realm() {
    return realm.realm().realm();
  }
}

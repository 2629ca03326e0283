// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.AuthSchemaSql;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.userprofile.config.UPConfig.UnmanagedAttributePolicy;

/** Searches that join what Keycloak keeps of our users, and letters of other languages. */
@TestInstance(Lifecycle.PER_CLASS)
final class SearchKindsIT {

  private static final String DATABASE = "search_kinds";

  private final PostgresServer postgres = TestServer.shared().postgres();
  private TestRealm realm;
  private SampleUsers users;
  private AdminApi api;

  @BeforeAll
  void makeRealm() {
    var database = postgres.createDatabase(DATABASE);
    AuthSchemaSql.apply(database);
    users = new SampleUsers(database);
    users.add(SampleUser.of("ilker@example.test", "İlker Yıldız"));
    users.add(SampleUser.of("odysseus@example.test", "ΟΔΥΣΣΕΥΣ ΛΑΕΡΤΟΥ"));
    realm =
        TestRealm.create(
            Map.of("jdbcUrl", postgres.jdbcUrl(DATABASE), "username", PostgresServer.USER),
            rep ->
                rep.getRoles()
                    .setRealm(
                        Stream.of("user", "admin", "service", "Admin")
                            .map(role -> new RoleRepresentation(role, "", false))
                            .toList()));
    var profile = realm.realm().users().userProfile();
    var configuration = profile.getConfiguration();
    configuration.setUnmanagedAttributePolicy(UnmanagedAttributePolicy.ENABLED);
    profile.update(configuration);
    TestServer server = TestServer.shared();
    api = new AdminApi(server.keycloak().baseUrl(), realm.name(), server.admin());
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "search=İlker|ilker",
        "search=*lker|ilker",
        "search=\"İlker\"|ilker",
        "firstName=İlker|ilker",
        "firstName=İlker&exact=true|ilker",
        "lastName=Yıldız|ilker",
        "search=ΟΔΥΣΣΕΥΣ|odysseus",
        "search=\"ΟΔΥΣΣΕΥΣ\"|odysseus",
        "firstName=ΟΔΥΣΣΕΥΣ&exact=true|odysseus",
        "search=ODYSSEUS@EXAMPLE.TEST|odysseus"
      })
  void whoeverTypesTheNameAsItIsStoredFindsIt(String query, String found) {
    assertThat(api.users(query))
        .extracting(UserRepresentation::getUsername)
        .containsExactly(found + "@example.test");
    assertThat(api.count(query)).isEqualTo(1);
  }

  @Test
  void aRoleOfAnotherSpellingIsAnotherRole() {
    users.add(SampleUser.of("chief@example.test", "Ada Chief").role("admin"));
    assertThat(realm.realm().roles().get("admin").getUserMembers(0, 10)).hasSize(1);
    assertThat(realm.realm().roles().get("Admin").getUserMembers(0, 10)).isEmpty();
  }

  @Test
  void attributesAreFoundAsThoseOfLocalUsers() {
    UserRepresentation local = new UserRepresentation();
    local.setUsername("local@example.test");
    local.setEmail("local@example.test");
    local.setFirstName("Lou");
    local.setEnabled(true);
    try (Response created = realm.realm().users().create(local)) {
      attribute(CreatedResponseUtil.getCreatedId(created), "crew", "Blue_Team");
    }
    attribute(realm.user("ilker@example.test").getId(), "crew", "Blue_Team");
    List<String> queries =
        List.of(
            "q=crew:Blue_Team",
            "q=crew:blue_team",
            "q=crew:blue",
            "q=crew:BLUE&exact=false",
            "q=crew:_team&exact=false",
            "q=crew:blue&exact=true",
            "q=crew:blueXteam&exact=true");
    for (String query : queries) {
      List<String> found =
          api.users(query).stream().map(UserRepresentation::getUsername).sorted().toList();
      assertThat(found)
          .as(query)
          .isIn(List.of(), List.of("ilker@example.test", "local@example.test"));
      assertThat(api.count(query)).as(query).isEqualTo(found.size());
    }
    assertThat(api.users(queries.get(1))).hasSize(2);
    assertThat(api.users(queries.get(3))).hasSize(2);
  }

  private void attribute(String id, String name, String value) {
    UserResource user = realm.realm().users().get(id);
    UserRepresentation representation = user.toRepresentation();
    representation.singleAttribute(name, value);
    user.update(representation);
  }

  /** A statement takes 65,535 parameters. */
  @Test
  void anAttributeThatVeryManyHaveFindsThem() {
    String id = realm.user("odysseus@example.test").getId();
    postgres.execute(
        "keycloak",
        """
        insert into fed_user_attribute (id, name, user_id, realm_id, storage_provider_id, value)
        select gen_random_uuid()::text, 'many', 'f:%1$s:nobody' || n, r.id, '%1$s', 'yes'
          from generate_series(1, 70000) n, realm r where r.name = '%2$s'
        union all
        select gen_random_uuid()::text, 'many', '%3$s', r.id, '%1$s', 'yes' from realm r
         where r.name = '%2$s'
        union all
        select gen_random_uuid()::text, 'ENABLED', 'f:%1$s:nobody' || n, r.id, '%1$s', 'false'
          from generate_series(1, 70000) n, realm r where r.name = '%2$s'
        """
            .formatted(realm.componentId(), realm.name(), id));
    assertThat(api.users("q=many:yes")).extracting(UserRepresentation::getId).containsExactly(id);
    assertThat(api.count("q=many:yes")).isEqualTo(1);
    assertThat(api.count("search=odysseus&enabled=true")).isEqualTo(1);
    postgres.execute(
        "keycloak",
        "delete from fed_user_attribute where storage_provider_id = '%s' and user_id like '%%nobody%%'"
            .formatted(realm.componentId()));
  }

  @Test
  void membersWhoseRowIsGoneLeaveNoGap() {
    GroupRepresentation group = new GroupRepresentation();
    group.setName("crowd");
    String groupId;
    try (Response created = realm.realm().groups().add(group)) {
      groupId = CreatedResponseUtil.getCreatedId(created);
    }
    RoleRepresentation service = realm.realm().roles().get("service").toRepresentation();
    for (int i = 0; i < 6; i++) {
      String email = "member" + i + "@example.test";
      users.add(SampleUser.of(email, "Ada Member"));
      UserResource user = realm.realm().users().get(realm.user(email).getId());
      user.joinGroup(groupId);
      user.roles().realmLevel().add(List.of(service));
    }
    postgres.execute(
        DATABASE, "delete from auth.users where email like 'member_@%' and email < 'member3'");

    List<String> paged = new ArrayList<>();
    for (int first = 0; first < 8; first += 2) {
      List<UserRepresentation> page = realm.realm().groups().group(groupId).members(first, 2);
      assertThat(page).hasSize(first == 0 ? 2 : first == 2 ? 1 : 0);
      page.forEach(user -> paged.add(user.getUsername()));
    }
    assertThat(paged)
        .containsExactly("member3@example.test", "member4@example.test", "member5@example.test");
    assertThat(realm.realm().roles().get("service").getUserMembers(0, 2)).hasSize(2);
    assertThat(realm.realm().roles().get("service").getUserMembers(2, 2)).hasSize(1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.userprofile.config.UPConfig.UnmanagedAttributePolicy;

/** Search and count of the admin API, whose query parameters the console uses. */
@TestInstance(Lifecycle.PER_CLASS)
final class UserSearchIT {

  private static final int ALL = Fixture.known().users().size();

  private TestRealm realm;
  private AdminApi api;

  @BeforeAll
  void makeRealm() {
    realm = TestRealm.create();
    var profile = realm.realm().users().userProfile();
    var configuration = profile.getConfiguration();
    configuration.setUnmanagedAttributePolicy(UnmanagedAttributePolicy.ADMIN_VIEW);
    profile.update(configuration);
    Keycloak admin = TestServer.shared().admin();
    api = new AdminApi(TestServer.shared().keycloak().baseUrl(), realm.name(), admin);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  /** What is typed, and how many it finds; a count answers the same number. */
  @ParameterizedTest(name = "{0} finds {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "search=beta|3",
        "search=*umlaut*|1",
        "search=Cher|1",
        "search=\"cher\"|1",
        "search=\"che\"|0",
        "search=zoë|1",
        "search=Mixed.Case|1",
        "search=_|0",
        "search=%|0",
        "search=\\|0",
        "search=nobody*here|0",
        "firstName=Zoë|1",
        "lastName=田中|1",
        "lastName=O’Brien|1",
        "email=beta|3",
        "email=beta-user@example.test&exact=true|1",
        "email=BETA-User@example.test&exact=true|1",
        "email=beta-user&exact=true|0",
        "username=beta-user@example.test&exact=true|1",
        "enabled=false|1",
        "emailVerified=false|1",
        "q=access_tier:founder|4",
        "q=access_tier:Founder|4",
        "q=access_tier:nonsense|0",
        "q=unknown:value|0",
        "search=beta&enabled=false|0",
        "search=beta&emailVerified=true|3"
      })
  void findsAndCounts(String query, int found) {
    assertThat(api.users(query + "&max=100")).hasSize(found);
    assertThat(api.count(query)).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "search=", "search=*", "search=**"})
  void findsAll(String query) {
    assertThat(api.users(query + "&max=100")).hasSize(ALL);
    assertThat(api.count(query)).isEqualTo(ALL);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyUserIsEitherEnabledOrNot(boolean enabled) {
    List<UserRepresentation> found = api.users("enabled=" + enabled + "&max=100");
    assertThat(found).allMatch(user -> user.isEnabled() == enabled);
    assertThat(api.count("enabled=" + enabled)).isEqualTo(found.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 39, 100})
  void pagesHoldEveryoneOnceAndInOrder(int size) {
    List<String> paged = new ArrayList<>();
    for (int first = 0; first < ALL; first += size) {
      api.users("first=" + first + "&max=" + size).forEach(user -> paged.add(user.getUsername()));
    }
    assertThat(paged).hasSize(ALL).doesNotHaveDuplicates();
    assertThat(paged).isSorted();
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "admin", "service"})
  void usersInRoleAreThoseOfTheColumn(String role) {
    List<String> expected = emails(user -> user.role().equals(role));
    assertThat(realm.realm().roles().get(role).getUserMembers(0, 100))
        .extracting(UserRepresentation::getEmail)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aUserShowsWhatTheRowHolds() {
    UserRepresentation zoe = realm.user("name-unicode@example.test");
    UserRepresentation full = realm.realm().users().get(zoe.getId()).toRepresentation();
    assertThat(full.getUsername()).isEqualTo("name-unicode@example.test");
    assertThat(full.getFirstName()).isEqualTo("Zoë");
    assertThat(full.getLastName()).isEqualTo("田中 O’Brien-Ærøskøbing");
    assertThat(full.isEmailVerified()).isTrue();
    assertThat(full.getCreatedTimestamp()).isPositive();
    assertThat(full.getAttributes())
        .containsEntry("access_tier", List.of("public"))
        .containsEntry("picture", List.of("https://img.example.test/a.png?x=1&y=ü"));
  }

  @Test
  void aSingleNameHasNoLastName() {
    UserRepresentation cher = realm.user("name-single@example.test");
    assertThat(cher.getFirstName()).isEqualTo("Cher");
    assertThat(cher.getLastName()).isNull();
  }

  @Test
  void onlyUsersWithAPasswordHaveTheCredential() {
    for (String key : List.of("social-only", "legacy-passwords-table", "beta-user")) {
      Fixture.User user = Fixture.known().user(key);
      String id = realm.user(user.email()).getId();
      List<String> types = realm.realm().users().get(id).getConfiguredUserStorageCredentialTypes();
      assertThat(types.contains("password")).as(key).isEqualTo(user.password() != null);
    }
  }

  @Test
  void anUnknownIdIsNotFound() {
    Map<String, Integer> expected =
        Map.of("f:" + realm.componentId() + ":nobody", 404, "nobody", 404);
    expected.forEach((id, status) -> assertThat(api.status("/users/" + id)).isEqualTo(status));
  }

  private static List<String> emails(Predicate<Fixture.User> which) {
    return Fixture.known().users().stream()
        .filter(which)
        .map(user -> user.email().toLowerCase(Locale.ROOT))
        .toList();
  }
}

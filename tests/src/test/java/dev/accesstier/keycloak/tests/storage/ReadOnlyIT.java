// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.net.http.HttpResponse;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.UserProfileAttributeMetadata;
import org.keycloak.representations.idm.UserRepresentation;

/** What an admin can and cannot do to a user whose row Keycloak may only read. */
final class ReadOnlyIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");

  private TestRealm realm;
  private UserResource user;

  @BeforeEach
  void makeRealm() {
    realm = TestRealm.create();
    user = realm.realm().users().get(realm.user(BETA.email()).getId());
  }

  @AfterEach
  void removeRealm() {
    realm.close();
  }

  @Test
  void aNameCannotBeChanged() {
    assertStatus(400, () -> change(rep -> rep.setFirstName("Other")));
    assertThat(user.toRepresentation().getFirstName()).isEqualTo(BETA.name());
  }

  /** As an import sends it: Keycloak would keep it, and it would be a second valid one. */
  @Test
  void noPasswordComesInAsAHash() {
    CredentialRepresentation hash = new CredentialRepresentation();
    hash.setType(CredentialRepresentation.PASSWORD);
    hash.setSecretData("{\"value\":\"c2VjcmV0\",\"salt\":\"c2FsdA==\"}");
    hash.setCredentialData("{\"hashIterations\":1,\"algorithm\":\"pbkdf2-sha256\"}");
    assertStatus(400, () -> change(rep -> rep.setCredentials(List.of(hash))));
    assertThat(user.credentials()).hasSize(1);
  }

  @Test
  void anEmailStaysWhatItIs() {
    try {
      change(rep -> rep.setEmail("other@example.test"));
    } catch (WebApplicationException e) {
      assertThat(e.getResponse().getStatus()).isEqualTo(400);
    }
    assertThat(user.toRepresentation().getEmail()).isEqualTo(BETA.email());
    assertThat(realm.realm().users().searchByEmail("other@example.test", true)).isEmpty();
  }

  @Test
  void aPasswordCannotBeSetBesideTheOneOfTheRow() {
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue("a second password");
    assertStatus(400, () -> user.resetPassword(password));
    assertThat(Oidc.json(realm.oidc().password(TestRealm.APP, BETA.email(), "a second password")))
        .containsEntry("error_description", "Invalid user credentials");
    Oidc.tokens(realm.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword()));
  }

  @Test
  void aUserCannotBeDeleted() {
    String id = user.toRepresentation().getId();
    try (Response response = realm.realm().users().delete(id)) {
      assertThat(response.getStatus()).isEqualTo(400);
    }
    assertThat(realm.user(BETA.email()).getId()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE /users/%s/role-mappings/realm|[{'id':'%s','name':'%s'}]",
        "POST /ui-ext/role-mapping-delete/users/%s|[{'roleId':'%s','roleName':'%s'}]"
      },
      quoteCharacter = '"')
  void aRoleOfTheColumnCannotBeTakenAway(String request, String body) {
    assertThat(unassign(request, body, "user"))
        .contains("Role user comes from users.role and cannot be removed here");
    assertThat(unassign(request, body, "default-roles-" + realm.name()))
        .contains("is the realm's default");
    assertThat(user.roles().realmLevel().listAll())
        .extracting("name")
        .containsExactlyInAnyOrder("user", "default-roles-" + realm.name());
  }

  private String unassign(String request, String body, String role) {
    var representation = realm.realm().roles().get(role).toRepresentation();
    String[] parts = request.formatted(user.toRepresentation().getId()).split(" ", 2);
    String roles = body.formatted(representation.getId(), role).replace('\'', '"');
    HttpResponse<String> answer = api().send(parts[0], parts[1], roles);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    return answer.body();
  }

  private AdminApi api() {
    TestServer server = TestServer.shared();
    return new AdminApi(server.keycloak().baseUrl(), realm.name(), server.admin());
  }

  @Test
  void credentialsSayWhatTheyAreAndSinceWhen() {
    assertThat(user.credentials())
        .singleElement()
        .satisfies(
            password -> {
              assertThat(password.getType()).isEqualTo("password");
              assertThat(password.getCreatedDate())
                  .isEqualTo(
                      ((Timestamp)
                              Objects.requireNonNull(
                                  rows().credential(BETA.id()).columns().get("updated_at")))
                          .getTime());
            });
    Fixture.User protectedUser =
        Fixture.known().users().stream()
            .filter(known -> known.twoFactor() && !known.deleted())
            .findFirst()
            .orElseThrow();
    assertThat(realm.realm().users().get(realm.user(protectedUser.email()).getId()).credentials())
        .filteredOn(credential -> credential.getType().equals("otp"))
        .extracting(CredentialRepresentation::getUserLabel)
        .containsExactly("Authenticator app");
  }

  private static AuthRows rows() {
    return new AuthRows(TestServer.shared().postgres().database(TestServer.AUTH));
  }

  @Test
  void aRoleGrantedHereIsKeycloaksOwn() {
    var role = realm.realm().roles().get("service").toRepresentation();
    user.roles().realmLevel().add(List.of(role));
    assertThat(claim("role")).isEqualTo("service");
    user.roles().realmLevel().remove(List.of(role));
    assertThat(claim("role")).isEqualTo("user");
  }

  @Test
  void disablingIsKeycloaksOwnFlagAndKeepsTheUserOut() {
    List<String> written =
        new AuthStatements()
            .during(
                () -> {
                  change(rep -> rep.setEnabled(false));
                  assertThat(user.toRepresentation().isEnabled()).isFalse();
                });
    assertThat(written).noneMatch(statement -> statement.contains("update auth."));
    assertThat(
            realm
                .oidc()
                .password(TestRealm.APP, BETA.email(), BETA.knownPassword())
                .getStatusCode())
        .isEqualTo(400);
    change(rep -> rep.setEnabled(true));
    Oidc.tokens(realm.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword()));
  }

  @Test
  void aRequiredActionAndAGroupAreKept() {
    change(rep -> rep.setRequiredActions(List.of("UPDATE_PROFILE")));
    assertThat(user.toRepresentation().getRequiredActions()).containsExactly("UPDATE_PROFILE");
    change(rep -> rep.setRequiredActions(List.of()));
    var group = new GroupRepresentation();
    group.setName("testers");
    realm.realm().groups().add(group).close();
    String id = realm.realm().groups().groups().get(0).getId();
    user.joinGroup(id);
    assertThat(user.groups()).extracting("name").containsExactly("testers");
    assertThat(realm.realm().groups().group(id).members(0, 10)).hasSize(1);
  }

  @Test
  void theConsoleShowsTheRowsFieldsReadOnly() {
    UserRepresentation full = user.toRepresentation(true);
    Map<String, Boolean> readOnly =
        full.getUserProfileMetadata().getAttributes().stream()
            .collect(
                Collectors.toMap(
                    UserProfileAttributeMetadata::getName,
                    UserProfileAttributeMetadata::isReadOnly));
    assertThat(readOnly)
        .containsEntry("username", true)
        .containsEntry("email", true)
        .containsEntry("firstName", true)
        .containsEntry("lastName", true);
  }

  private @Nullable Object claim(String name) {
    var tokens =
        Oidc.tokens(realm.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword()));
    return Oidc.claims(tokens.getAccessToken()).get(name);
  }

  private void change(Consumer<UserRepresentation> change) {
    UserRepresentation representation = user.toRepresentation();
    change.accept(representation);
    user.update(representation);
  }

  private static void assertStatus(int status, ThrowingCallable call) {
    WebApplicationException refused = catchThrowableOfType(WebApplicationException.class, call);
    assertThat(refused).as("was allowed").isNotNull();
    assertThat(refused.getResponse().getStatus()).isEqualTo(status);
  }
}

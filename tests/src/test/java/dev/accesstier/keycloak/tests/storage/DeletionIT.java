// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What remains of a user who is deleted in Keycloak. */
@TestInstance(Lifecycle.PER_CLASS)
final class DeletionIT {

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create("deletion", Map.of(), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void softlyTheRowStaysAndTheUserIsDisabled() {
    SampleUser user = realm.add("Soft Ly");
    grantService(user);
    var refresh =
        Oidc.tokens(
                realm.realm().oidc().password(TestRealm.APP, user.email(), WritableRealm.PASSWORD))
            .getRefreshToken();
    assertThat(delete(user)).isEqualTo(204);
    Object deletedAt = realm.rows().user(user.id()).columns().get("deleted_at");
    assertThat(deletedAt).isNotNull();
    assertThat(realm.rows().credential(user.id()).columns()).isNotEmpty();
    assertThat(realm.realm().user(user.email()).isEnabled()).isFalse();
    assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isFalse();
    assertThat(realm.realm().oidc().refresh(TestRealm.APP, refresh).getStatusCode()).isEqualTo(400);

    assertThat(delete(user)).isEqualTo(204);
    assertThat(realm.rows().user(user.id()).columns()).containsEntry("deleted_at", deletedAt);

    realm.change(user.email(), rep -> rep.setEnabled(true));
    assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue();
    assertThat(roles(user)).as("what Keycloak granted is gone").doesNotContain("service");
  }

  @Test
  void hardTheRowGoesWithAllThatBelongsToIt() {
    realm.realm().configure(Map.of("deleteMode", "HARD"));
    try {
      SampleUser user = realm.add("Hard Ly");
      grantService(user);
      assertThat(delete(user)).isEqualTo(204);
      assertThat(realm.rows().all("select 1 from auth.users where id = ?", user.id())).isEmpty();
      assertThat(realm.rows().all("select 1 from auth.accounts where user_id = ?", user.id()))
          .isEmpty();
      assertThat(realm.realm().realm().users().searchByEmail(user.email(), true)).isEmpty();
      assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isFalse();
    } finally {
      realm.realm().configure(Map.of("deleteMode", "SOFT"));
    }
  }

  @Test
  void notAtAllWhereTheSchemaIsReadOnly() {
    SampleUser user = realm.add("Read Only");
    grantService(user);
    realm.realm().configure(Map.of("editMode", "READ_ONLY"));
    try {
      assertThat(delete(user)).isEqualTo(400);
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("deleted_at", null);
      assertThat(roles(user)).contains("service");
    } finally {
      realm.realm().configure(Map.of("editMode", "WRITABLE"));
    }
  }

  private void grantService(SampleUser user) {
    var role = realm.realm().realm().roles().get("service").toRepresentation();
    realm.resource(user.email()).roles().realmLevel().add(List.of(role));
    assertThat(roles(user)).contains("service");
  }

  private List<String> roles(SampleUser user) {
    return realm.resource(user.email()).roles().realmLevel().listAll().stream()
        .map(role -> role.getName())
        .toList();
  }

  private int delete(SampleUser user) {
    String id = realm.realm().user(user.email()).getId();
    try (Response response = realm.realm().realm().users().delete(id)) {
      return response.getStatus();
    }
  }
}

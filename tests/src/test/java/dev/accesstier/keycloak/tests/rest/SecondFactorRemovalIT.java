// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.AdminEventRepresentation;

/** An admin takes the second factor of the schema from a user who has lost it. */
@TestInstance(Lifecycle.PER_CLASS)
final class SecondFactorRemovalIT {

  private final TierRealm writable = new TierRealm(Map.of("editMode", "WRITABLE"));
  private final TierRealm readOnly = new TierRealm();

  @BeforeAll
  void makeAdmins() {
    writable.local("admin@example.test", "realm-admin");
    readOnly.local("admin@example.test", "realm-admin");
  }

  @AfterAll
  void removeRealms() {
    writable.close();
    readOnly.close();
  }

  @Test
  void itIsRemovedOnceWithAnAdminEvent() {
    String id = writable.withSecondFactor("lost@example.test");
    Api admin = writable.as("admin@example.test");
    assertThat(listed(admin, "lost@").get("secondFactor").asBoolean()).isTrue();

    assertThat(admin.delete("users/" + id + "/second-factor").status()).isEqualTo(204);

    assertThat(listed(admin, "lost@").get("secondFactor").asBoolean()).isFalse();
    assertThat(enabled(writable, "lost@example.test")).isEqualTo("f");
    Api.Answer again = admin.delete("users/" + id + "/second-factor");
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.text()).contains("no second factor of this user");
    assertThat(writable.keycloak().getAdminEvents())
        .filteredOn(event -> event.getResourcePath().contains(id + "/second-factor"))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getOperationType()).isEqualTo("ACTION");
              assertThat(event.getResourceType()).isEqualTo("USER");
              assertThat(event.getDetails()).containsEntry("credential_type", "otp");
            });
  }

  @Test
  void theIdOfTheTableWillDo() {
    String id = writable.withSecondFactor("by-row@example.test");
    Api admin = writable.as("admin@example.test");

    String row = id.substring(id.lastIndexOf(':') + 1);
    assertThat(admin.delete("users/" + row + "/second-factor").status()).isEqualTo(204);

    assertThat(enabled(writable, "by-row@example.test")).isEqualTo("f");
  }

  @Test
  void aLocalUsersIsKeycloaksOwn() {
    String id = writable.local("local@example.test");
    Api admin = writable.as("admin@example.test");

    assertThat(listed(admin, "local@").get("secondFactor").asBoolean()).isFalse();
    assertThat(admin.delete("users/" + id + "/second-factor").status()).isEqualTo(404);
  }

  @Test
  void aReadOnlySchemaKeepsIt() {
    String id = readOnly.withSecondFactor("kept@example.test");
    Api admin = readOnly.as("admin@example.test");

    Api.Answer refused = admin.delete("users/" + id + "/second-factor");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains("read-only here");
    assertThat(enabled(readOnly, "kept@example.test")).isEqualTo("t");
    assertThat(readOnly.keycloak().getAdminEvents())
        .extracting(AdminEventRepresentation::getResourcePath)
        .noneMatch(path -> path.contains("second-factor"));
  }

  private static JsonNode listed(Api admin, String search) {
    return admin.get("users?search=" + search).json(200).get("users").get(0);
  }

  private static String enabled(TierRealm realm, String email) {
    return realm.one("select two_factor_enabled from auth.users where email = '" + email + "'");
  }
}

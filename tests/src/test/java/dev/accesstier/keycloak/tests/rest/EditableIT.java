// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.UserRepresentation;

/** What the component's options say about tiers. */
final class EditableIT {

  @Test
  void tiersAreReadOnlyWhereTheComponentSaysSo() {
    try (TierRealm realm = new TierRealm(Map.of("tierEditable", "false"))) {
      String id = realm.federated("fixed@example.test", "beta");
      Api.Answer answer = realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("read-only");
      JsonNode bulk =
          realm
              .asMaster()
              .post("users/tier", "{\"ids\":[\"" + id + "\"],\"tier\":\"alpha\"}")
              .json(200);
      assertThat(bulk.get("failed").get(0).get("error").asText()).contains("read-only");
      assertThat(isReadOnlyInTheForm(realm, id)).isTrue();
      UserRepresentation form = realm.user(id).toRepresentation();
      form.getAttributes().put("access_tier", List.of("alpha"));
      WebApplicationException refused =
          catchThrowableOfType(WebApplicationException.class, () -> realm.user(id).update(form));
      assertThat(refused == null ? 204 : refused.getResponse().getStatus()).isIn(204, 400);
      assertThat(realm.column(id)).isEqualTo("beta");
      assertThat(realm.asMaster().get("history").json(200)).isEmpty();
    }
  }

  @Test
  void theFormOffersTheTierOfAReadOnlyRowAndNothingElse() {
    try (TierRealm realm = new TierRealm()) {
      String id = realm.federated("free@example.test", "beta");
      assertThat(isReadOnlyInTheForm(realm, id)).isFalse();
    }
  }

  @Test
  void aWritableComponentTellsTheServicesOwnTrailWhenAskedTo() {
    try (TierRealm realm =
        new TierRealm(Map.of("editMode", "WRITABLE", "securityEvents", "true"))) {
      String id = realm.federated("told@example.test", "beta");
      realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").json(200);
      assertThat(
              realm.one(
                  "select user_id || event_type || ip_address || metadata::text"
                      + " from auth.security_events"))
          .startsWith(id.substring(id.lastIndexOf(':') + 1) + "TIER_CHANGED127.0.0.1")
          .contains("\"to\": \"alpha\"", "\"from\": \"beta\"");
    }
  }

  @Test
  void aDatabaseThatIsGoneIsSaidAndLeavesNoEntry() {
    try (TierRealm realm = new TierRealm()) {
      String id = realm.federated("gone@example.test", "beta");
      realm.asMaster().get("users/" + id + "/tier").json(200);
      realm.execute("alter table auth.users rename column access_tier to hidden");
      try {
        assertThat(realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").status())
            .isEqualTo(503);
        JsonNode status = realm.asMaster().get("status").json(200);
        assertThat(status.get("databases").get(0).get("reachable").asBoolean()).isTrue();
        assertThat(status.get("databases").get(0).get("problems").get(0).asText())
            .contains("access_tier");
      } finally {
        realm.execute("alter table auth.users rename column hidden to access_tier");
      }
      assertThat(realm.column(id)).isEqualTo("beta");
      assertThat(realm.asMaster().get("history").json(200)).isEmpty();
    }
  }

  /** The row can be locked and read, and not be written: found out while Keycloak commits. */
  @Test
  void aWriteThatFailsUndoesTheWholeRequest() {
    try (TierRealm realm = new TierRealm()) {
      String id = realm.federated("barred@example.test", "beta");
      realm.asMaster().get("users/" + id + "/tier").json(200);
      realm.execute(
          """
          create function auth.bar() returns trigger language plpgsql as
            $$ begin raise exception 'no'; end $$;
          create trigger bar before update on auth.users
            for each row execute function auth.bar();
          """);
      assertThat(realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").status())
          .isEqualTo(503);
      UserRepresentation form = realm.user(id).toRepresentation();
      form.setAttributes(Map.of("access_tier", List.of("alpha"), "shoe_size", List.of("42")));
      WebApplicationException refused =
          catchThrowableOfType(WebApplicationException.class, () -> realm.user(id).update(form));
      assertThat(refused).isNotNull();
      assertThat(refused.getResponse().getStatus()).isEqualTo(503);
      assertThat(realm.user(id).toRepresentation().getAttributes()).doesNotContainKey("shoe_size");
      assertThat(realm.column(id)).isEqualTo("beta");
      assertThat(realm.asMaster().get("history").json(200)).isEmpty();
      assertThat(realm.events()).isEmpty();
    }
  }

  /** Keycloak's own commit comes first; a constraint that is checked there undoes the row. */
  @Test
  void anEntryThatCannotBeWrittenUndoesTheChange() {
    try (TierRealm realm = new TierRealm()) {
      String id = realm.federated("silent@example.test", "beta");
      String trigger = "no_entry_" + realm.realm.name().replace('-', '_');
      realm.executeInKeycloak(
          """
          create function %1$s() returns trigger language plpgsql as
            $$ begin raise exception 'no'; end $$;
          create constraint trigger %1$s after insert on access_tier_change
            deferrable initially deferred for each row
            when (new.subject_id = '%2$s') execute function %1$s();
          """
              .formatted(trigger, id));
      try {
        assertThat(realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").status())
            .isGreaterThanOrEqualTo(400);
      } finally {
        realm.executeInKeycloak("drop function " + trigger + "() cascade");
      }
      assertThat(realm.column(id)).isEqualTo("beta");
      assertThat(realm.asMaster().get("history").json(200)).isEmpty();
      realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").json(200);
      assertThat(realm.column(id)).isEqualTo("alpha");
    }
  }

  private static boolean isReadOnlyInTheForm(TierRealm realm, String id) {
    return realm.user(id).toRepresentation(true).getUserProfileMetadata().getAttributes().stream()
        .filter(attribute -> attribute.getName().equals("access_tier"))
        .findFirst()
        .orElseThrow()
        .isReadOnly();
  }
}

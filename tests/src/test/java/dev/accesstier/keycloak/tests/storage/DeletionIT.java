// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.workflows.WorkflowRepresentation;
import org.keycloak.representations.workflows.WorkflowStepRepresentation;

/** What remains of a user who is deleted in Keycloak. */
@TestInstance(Lifecycle.PER_CLASS)
final class DeletionIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private WritableRealm realm;
  private String group = "";
  private String workflow = "";

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create("deletion", Map.of(), rep -> {});
    var flows = realm.realm().realm().flows();
    var deletion = flows.getRequiredAction("delete_account");
    deletion.setEnabled(true);
    flows.updateRequiredAction("delete_account", deletion);
    GroupRepresentation kept = new GroupRepresentation();
    kept.setName("kept");
    try (Response added = realm.realm().realm().groups().add(kept)) {
      group = CreatedResponseUtil.getCreatedId(added);
    }
    WorkflowStepRepresentation step = new WorkflowStepRepresentation("delete-user");
    step.setConfig("propagate-to-provider", "true");
    try (Response added =
        realm
            .realm()
            .realm()
            .workflows()
            .create(new WorkflowRepresentation(null, "delete", null, List.of(step)))) {
      workflow = CreatedResponseUtil.getCreatedId(added);
    }
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

  /** Whichever way it is asked for, what Keycloak keeps of the user is all there afterwards. */
  @Test
  void notAtAllWhereTheSchemaIsReadOnly() {
    SampleUser user = realm.add("Read Only");
    keepMuch(user);
    realm.realm().configure(Map.of("editMode", "READ_ONLY"));
    try {
      HttpResponse<String> refused =
          api().send("DELETE", "/users/" + realm.realm().user(user.email()).getId(), "");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("read-only here");
      assertAllThere(user);

      Stop page = deleteOwnAccount(user);
      assertThat(page.page().text()).containsIgnoringCase("error");
      assertAllThere(user);

      failToDeleteByWorkflow(user);
      assertAllThere(user);
    } finally {
      realm.realm().configure(Map.of("editMode", "WRITABLE"));
    }
  }

  @Test
  void notAtAllWhereTheSchemaRefuses() {
    SampleUser user = realm.add("Kept There");
    keepMuch(user);
    TestServer.shared()
        .postgres()
        .execute(
            "deletion",
            """
            create function auth.keep() returns trigger language plpgsql
              as $$ begin raise exception 'kept' using errcode = '23514'; end $$;
            create trigger keep before update on auth.users for each row
              when (new.id = '%s') execute function auth.keep()
            """
                .formatted(user.id()));

    assertThat(delete(user)).isNotEqualTo(204);
    assertAllThere(user);
    deleteOwnAccount(user);
    assertAllThere(user);
    failToDeleteByWorkflow(user);
    assertAllThere(user);
  }

  @Test
  void byAWorkflowAsByAnAdmin() {
    SampleUser user = realm.add("Work Flow");
    keepMuch(user);
    deleteByWorkflow(user);
    await()
        .atMost(LIMIT)
        .until(() -> realm.rows().user(user.id()).columns().get("deleted_at") != null);
    realm.realm().realm().clearUserCache();
    assertThat(roles(user)).doesNotContain("service");
  }

  /** A role, a group, an attribute and a required action. */
  private void keepMuch(SampleUser user) {
    grantService(user);
    UserResource resource = realm.resource(user.email());
    resource.joinGroup(group);
    resource.roles().clientLevel(account()).add(List.of(deleteAccount()));
    realm.change(
        user.email(), rep -> rep.setAttributes(new HashMap<>(Map.of("team", List.of("blue")))));
  }

  private void assertAllThere(SampleUser user) {
    realm.realm().realm().clearUserCache();
    assertThat(realm.rows().user(user.id()).columns()).containsEntry("deleted_at", null);
    assertThat(roles(user)).contains("service");
    UserResource resource = realm.resource(user.email());
    assertThat(resource.groups()).extracting(GroupRepresentation::getName).contains("kept");
    assertThat(resource.roles().clientLevel(account()).listAll())
        .extracting(RoleRepresentation::getName)
        .contains("delete-account");
    assertThat(resource.toRepresentation().getAttributes()).containsEntry("team", List.of("blue"));
  }

  private Stop deleteOwnAccount(SampleUser user) {
    Browser browser = realm.browser();
    String app = realm.realm().oidc().authUrl(TestRealm.APP, "");
    browser.signIn(app, user.email(), WritableRealm.PASSWORD);
    Stop form = browser.open(app + "&kc_action=delete_account");
    if (!form.page().select("input[name=password]").isEmpty()) {
      // Keycloak asks again, unless the sign-in was in the same second.
      form = browser.submit(form, Map.of("password", WritableRealm.PASSWORD));
    }
    assertThat(form.page().text()).contains("Delete account");
    return browser.submit(form, Map.of());
  }

  /** It runs after the answer. */
  private void deleteByWorkflow(SampleUser user) {
    String path =
        "/workflows/%s/activate/USERS/%s"
            .formatted(workflow, realm.realm().user(user.email()).getId());
    assertThat(api().send("POST", path, "").statusCode()).isEqualTo(204);
  }

  private void failToDeleteByWorkflow(SampleUser user) {
    int before = TestServer.shared().keycloak().log().length();
    deleteByWorkflow(user);
    await()
        .atMost(LIMIT)
        .until(
            () ->
                TestServer.shared()
                    .keycloak()
                    .log()
                    .substring(before)
                    .contains("Error processing workflow task"));
  }

  private AdminApi api() {
    TestServer server = TestServer.shared();
    return new AdminApi(server.keycloak().baseUrl(), realm.realm().name(), server.admin());
  }

  private String account() {
    return realm.realm().realm().clients().findByClientId("account").get(0).getId();
  }

  private RoleRepresentation deleteAccount() {
    return realm
        .realm()
        .realm()
        .clients()
        .get(account())
        .roles()
        .get("delete-account")
        .toRepresentation();
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

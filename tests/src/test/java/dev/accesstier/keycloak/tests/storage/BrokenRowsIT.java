// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Rows that nobody should have written: they cost their own user a login and nobody else. */
@TestInstance(Lifecycle.PER_CLASS)
final class BrokenRowsIT {

  private static final String NEW = "a-repaired-password";

  private WritableRealm realm;
  private SampleUser healthy;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create("broken_rows", Map.of(), rep -> {});
    healthy = realm.add("Healthy User");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update auth.accounts set password = '' where user_id = ?",
        "update auth.accounts set password = ' ' || password where user_id = ?",
        "update auth.accounts set password = left(password, 100) where user_id = ?",
        "update auth.accounts set password = left(password, -1) where user_id = ?",
        "update auth.accounts set password = password || '0' where user_id = ?",
        "update auth.accounts set password = upper(password) where user_id = ?",
        "update auth.accounts set password = replace(password, ':', '') where user_id = ?",
        "update auth.accounts set password = translate(password, '0a', 'gz') where user_id = ?",
        "update auth.accounts set password = 'Zm9v:YmFy' where user_id = ?",
        "update auth.accounts set password = 'null' where user_id = ?",
        "update auth.accounts set password = repeat(password, 1000) where user_id = ?",
        "update auth.accounts set password = '$2b$12$' || left(password, 20) where user_id = ?",
        "update auth.accounts set password = '$2b$31$' || repeat('a', 53) where user_id = ?",
        "with gone as (delete from auth.accounts where user_id = ? returning user_id)"
            + " insert into auth.passwords (user_id, hashed_password) select user_id, '' from gone",
        "with gone as (delete from auth.accounts where user_id = ? returning user_id)"
            + " insert into auth.passwords (user_id, hashed_password)"
            + " select user_id, '$2b$12$truncated' from gone",
        "with gone as (update auth.accounts set password = null where user_id = ? returning user_id)"
            + " insert into auth.passwords (user_id, hashed_password)"
            + " select user_id, '{\"hash\": 1}' from gone",
      })
  void aBrokenPasswordIsARefusedLoginAndOneLine(String damage) {
    assertThat(linesAboutALoginAfter(damage)).hasSize(1);
  }

  /** Who has no password signs in otherwise, or not at all: that is in order. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "update auth.accounts set password = null where user_id = ?",
        "update auth.accounts set provider_id = 'Credential' where user_id = ?",
        "delete from auth.accounts where user_id = ?",
      })
  void aMissingPasswordIsARefusedLoginAndNoLine(String damage) {
    assertThat(linesAboutALoginAfter(damage)).isEmpty();
  }

  /** Nobody else notices, and an admin repairs the user by a new password. */
  private List<String> linesAboutALoginAfter(String damage) {
    SampleUser user = realm.add("Broken Password");
    assertThat(realm.rows().write(damage, user.id())).isEqualTo(1);
    int before = TestServer.shared().keycloak().log().length();
    assertRefused(user.email());
    String log = TestServer.shared().keycloak().log().substring(before);
    assertThat(log).doesNotContain("Exception", WritableRealm.PASSWORD);
    assertOthersAreWell(user);

    CredentialRepresentation credential = new CredentialRepresentation();
    credential.setType(CredentialRepresentation.PASSWORD);
    credential.setValue(NEW);
    resource(user).resetPassword(credential);
    assertThat(realm.signsIn(user.email(), NEW)).isTrue();
    assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isFalse();
    return log.lines().filter(line -> line.contains("password hash of user " + user.id())).toList();
  }

  /** Whatever it holds, the user is listed, shown, and set right by an admin. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "update auth.users set name = '' where id = ?",
        "update auth.users set name = ' ' where id = ?",
        "update auth.users set name = '  leading' where id = ?",
        "update auth.users set name = repeat('long ', 20000) where id = ?",
        "update auth.users set name = E'tab\\tnew\\nline' where id = ?",
        "update auth.users set email = upper(email) where id = ?",
        "update auth.users set email = 'no-at-' || id where id = ?",
        "update auth.users set email = '' where id = ?",
        "update auth.users set email = E'line\\n' || email where id = ?",
        "update auth.users set image = repeat('x', 100000) where id = ?",
        "update auth.users set two_factor_enabled = null where id = ?",
        "update auth.users set created_at = '0001-01-01' where id = ?",
        "update auth.users set created_at = 'infinity', updated_at = '-infinity' where id = ?",
        "update auth.users set deleted_at = 'infinity' where id = ?",
      })
  void aBrokenProfileIsShownAndSetRight(String damage) {
    SampleUser user = realm.add("Broken Profile");
    assertThat(realm.rows().write(damage, user.id())).isEqualTo(1);
    realm.realm().oidc().password(TestRealm.APP, user.email(), WritableRealm.PASSWORD);
    assertOthersAreWell(user);
    UserRepresentation shown = resource(user).toRepresentation();
    shown.setFirstName("Set");
    shown.setLastName("Right");
    shown.setEmail("right-" + user.email());
    shown.setEnabled(true);
    shown.singleAttribute("picture", "https://a.test/right.png");
    resource(user).update(shown);
    assertThat(realm.rows().user(user.id()).columns())
        .containsEntry("name", "Set Right")
        .containsEntry("email", "right-" + user.email())
        .containsEntry("image", "https://a.test/right.png")
        .containsEntry("deleted_at", null);
    assertThat(realm.signsIn("right-" + user.email(), WritableRealm.PASSWORD)).isTrue();
  }

  private void assertRefused(String email) {
    HTTPResponse answer =
        realm.realm().oidc().password(TestRealm.APP, email, WritableRealm.PASSWORD);
    assertThat(answer.getStatusCode()).as(answer.getBody()).isBetween(400, 401);
    assertThat(Oidc.json(answer)).containsEntry("error", "invalid_grant");
  }

  private void assertOthersAreWell(SampleUser broken) {
    List<UserRepresentation> listed = realm.realm().realm().users().list(0, 1000);
    assertThat(listed).extracting(UserRepresentation::getEmail).contains(healthy.email());
    assertThat(listed).extracting(UserRepresentation::getId).contains(id(broken));
    assertThat(realm.signsIn(healthy.email(), WritableRealm.PASSWORD)).isTrue();
  }

  private UserResource resource(SampleUser user) {
    return realm.realm().realm().users().get(id(user));
  }

  private String id(SampleUser user) {
    return "f:" + realm.realm().componentId() + ":" + user.id();
  }
}

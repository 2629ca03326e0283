// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.PasswordFormat;
import dev.accesstier.keycloak.credential.PasswordHash;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keycloak.representations.idm.CredentialRepresentation;

/** Services that give Better Auth password functions of their own. */
@TestInstance(Lifecycle.PER_CLASS)
final class PasswordFormatIT {

  private static final String NEW = "a-new-password-here";

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create("password_format", Map.of(), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @EnumSource
  void newPasswordsHaveTheFormatOfTheOption(PasswordFormat format) {
    use(format);
    SampleUser user = realm.add("New Password");
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(NEW);
    realm.resource(user.email()).resetPassword(password);

    assertStored(user, NEW, format);
    assertThat(realm.signsIn(user.email(), NEW)).isTrue();
    assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isFalse();
    assertStored(user, NEW, format);
  }

  @ParameterizedTest
  @EnumSource
  void aLoginStoresWhatTheServiceCannotReadInItsFormat(PasswordFormat format) {
    use(format);
    for (PasswordFormat old : PasswordFormat.values()) {
      SampleUser user = realm.add("Of " + old);
      store(user, old);

      assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).as("%s", old).isTrue();

      boolean stays = old == PasswordFormat.ARGON2ID;
      assertStored(user, WritableRealm.PASSWORD, stays ? old : format);
      assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).as("%s", old).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsStoredAgainWhereAnOptionSaysSo(PasswordFormat format) {
    use(format);
    realm.realm().configure(Map.of("upgradeBcrypt", "false"));
    try {
      for (PasswordFormat old : PasswordFormat.values()) {
        SampleUser user = realm.add("Stays " + old);
        store(user, old);
        assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue();
        assertStored(user, WritableRealm.PASSWORD, old);
      }
    } finally {
      realm.realm().configure(Map.of("upgradeBcrypt", "true"));
    }
  }

  @Test
  void statusTellsOfPasswordsThatTheServiceStoresOtherwise() throws Exception {
    use(PasswordFormat.SCRYPT);
    realm.rows().write("update auth.accounts set updated_at = now() - interval '31 days'");
    assertThat(problems()).isEqualTo("[]");

    store(realm.add("Of The Service"), PasswordFormat.BCRYPT);

    assertThat(problems())
        .contains("are stored as bcrypt, and Keycloak stores scrypt", "passwordFormat");
    use(PasswordFormat.BCRYPT);
    assertThat(problems()).doesNotContain("are stored as bcrypt");
  }

  @Test
  void anUnknownFormatIsNotSaved() {
    assertThat(
            catchThrowableOfType(
                    BadRequestException.class,
                    () -> realm.realm().configure(Map.of("passwordFormat", "md5")))
                .getResponse()
                .readEntity(String.class))
        .contains("Password format must be one of [scrypt, bcrypt, argon2id].");
  }

  private void use(PasswordFormat format) {
    realm.realm().configure(Map.of("passwordFormat", format.toString()));
  }

  private void store(SampleUser user, PasswordFormat format) {
    realm
        .rows()
        .write(
            "update auth.accounts set password = ?, updated_at = now() where user_id = ?",
            format.hash(WritableRealm.PASSWORD),
            user.id());
  }

  private void assertStored(SampleUser user, String password, PasswordFormat format) {
    PasswordHash hash = PasswordHash.parse(realm.rows().credential(user.id()).text("password"));
    assertThat(format.isOf(hash)).as("%s", hash).isTrue();
    assertThat(hash.matches(password)).isTrue();
  }

  private String problems() throws Exception {
    TestServer server = TestServer.shared();
    String status =
        new AdminApi(server.keycloak().baseUrl(), realm.realm().name(), server.admin())
            .send("GET", "/access-tier/status", "")
            .body();
    return new ObjectMapper().readTree(status).get("databases").get(0).get("problems").toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A second factor that cannot be read is a refused login and one line in the log. */
@TestInstance(Lifecycle.PER_CLASS)
final class BrokenRowIT {

  private static final SecretCipher CIPHER = TwoFactorRows.CIPHER;
  private static final String GOOD = CIPHER.encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");

  private FactorRealm realm;

  /** What a column may hold instead of what it should; null where it is empty. */
  record Broken(String how, @Nullable String column) {
    @Override
    public String toString() {
      return how;
    }
  }

  private static Stream<Broken> undecryptable() {
    char last = GOOD.charAt(GOOD.length() - 1);
    return Stream.of(
        new Broken("null", null),
        new Broken("empty", ""),
        new Broken("truncated", GOOD.substring(0, GOOD.length() / 2)),
        new Broken("truncated before the tag", GOOD.substring(0, 50)),
        new Broken("odd number of digits", GOOD.substring(1)),
        new Broken("no hex", "z".repeat(GOOD.length())),
        new Broken("base64", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="),
        new Broken("one bit off", GOOD.substring(0, GOOD.length() - 1) + (last == '0' ? '1' : '0')),
        new Broken("plain text", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
        new Broken("version that is not configured", "$ba$7$" + GOOD),
        new Broken("no version at all", "$ba$" + GOOD),
        new Broken(
            "another secret",
            new SecretCipher(BetterAuthSecrets.parse("another-secret-of-another-service"))
                .encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")));
  }

  static Stream<Broken> secrets() {
    return Stream.concat(
        undecryptable(), Stream.of(new Broken("decrypts to nothing", CIPHER.encrypt(""))));
  }

  static Stream<Broken> backupCodes() {
    return Stream.concat(
        undecryptable(),
        Stream.of("", "null", "{\"abcde-FGHIJ\":1}", "\"abcde-FGHIJ\"", "[1]", "[\"abcde-FGHIJ\"")
            .map(json -> new Broken("decrypts to " + json, CIPHER.encrypt(json))));
  }

  @BeforeAll
  void makeRealm() {
    realm = FactorRealm.create("factor_broken", Map.of("editMode", "WRITABLE"), rep -> {});
    TestServer.shared()
        .postgres()
        .execute(
            realm.database,
            "alter table auth.two_factor_auth alter secret drop not null,"
                + " alter backup_codes drop not null");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void aSecretThatCannotBeReadIsARefusedLoginAndOneLine(Broken broken) {
    SampleUser user =
        realm.userWith(broken.column(), CIPHER.encrypt("[\"abcde-FGHIJ\",\"80hCk-eELQw\"]"));

    assertThat(
            linesAbout(
                user,
                () -> {
                  var answer = realm.grant(user, "abcde-FGHIJ");
                  assertThat(answer.getStatusCode()).isBetween(400, 401);
                  assertThat(Oidc.json(answer)).containsEntry("error", "invalid_grant");
                }))
        .hasSize(1)
        .allMatch(line -> line.contains("two_factor_auth.secret"));
    assertThat(
            linesAbout(
                user,
                () -> {
                  Browser.Stop stop = realm.afterPassword(realm.browser(), user);
                  assertThat(stop.page().selectFirst("input[name=password]")).isNotNull();
                }))
        .hasSize(1);
    assertNothingElseIsBroken();
  }

  /**
   * The table may have a key of its own, as Better Auth makes it, and two rows come from a race.
   */
  @Test
  void twoRowsAreARefusedLoginOfThatUserAlone() {
    TestServer.shared()
        .postgres()
        .execute(
            realm.database,
            "alter table auth.two_factor_auth drop constraint two_factor_auth_pkey");
    SampleUser user = realm.userWith(GOOD, CIPHER.encrypt("[]"));
    realm.rows.add(user.id(), GOOD, CIPHER.encrypt("[]"));
    SampleUser other = realm.user();
    int before = TestServer.shared().keycloak().log().length();

    assertThat(
            linesAbout(
                user,
                () -> {
                  var answer = realm.grant(user, "abcde-FGHIJ");
                  assertThat(answer.getStatusCode()).isBetween(400, 401);
                  assertThat(Oidc.json(answer)).containsEntry("error", "invalid_grant");
                }))
        .hasSize(1);
    // At once, as a login that counted for an outage would shut others out for a moment.
    assertThat(realm.grant(other).getStatusCode()).isEqualTo(200);
    assertThat(TestServer.shared().keycloak().log().substring(before).lines())
        .filteredOn(line -> line.contains("A row in schema auth"))
        .hasSize(1)
        .noneMatch(line -> line.contains(user.id()));
  }

  /** The app's codes go on working, as the secret is readable. */
  @ParameterizedTest
  @MethodSource("backupCodes")
  void backupCodesThatCannotBeReadAreRefusedCodes(Broken broken) {
    SampleUser user = realm.userWith(GOOD, broken.column());

    assertThat(
            linesAbout(
                user,
                () ->
                    assertThat(realm.grant(user, "abcde-FGHIJ").getStatusCode()).isNotEqualTo(200)))
        .hasSize(1)
        .allMatch(line -> line.contains("two_factor_auth.backup_codes"));
    assertNothingElseIsBroken();
  }

  private void assertNothingElseIsBroken() {
    Oidc.tokens(realm.grant(realm.user()));
  }

  private static List<String> linesAbout(SampleUser user, Runnable action) {
    int before = TestServer.shared().keycloak().log().length();
    action.run();
    String log = TestServer.shared().keycloak().log().substring(before);
    assertThat(log).doesNotContain(GOOD.substring(50), "Exception", FactorRealm.PASSWORD);
    return log.lines()
        .filter(line -> line.contains(user.id()) && line.contains("SecondFactor"))
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.schema.SecondFactorState;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Better Auth keeps about a second factor since 1.6 counts here, and is kept here too. */
@TestInstance(Lifecycle.PER_CLASS)
final class KeptStateIT {

  private FactorRealm writable;
  private FactorRealm readOnly;
  private AuthRows rows;

  /** As an owner migrates to 1.7 while Keycloak runs: after its first use of the tables. */
  @BeforeAll
  void makeRealms() {
    writable = FactorRealm.create("factor_state", Map.of("editMode", "WRITABLE"), rep -> {});
    readOnly = FactorRealm.over("factor_state", Map.of(), rep -> {});
    rows = new AuthRows(writable.rows.database());
    assertThat(enters(writable, writable.enrolled())).isTrue();
    TestServer.shared()
        .postgres()
        .execute(
            writable.database,
            """
            alter table auth.two_factor_auth
              add column id text not null default gen_random_uuid()::text,
              add column verified boolean default true,
              add column failed_verification_count integer default 0,
              add column locked_until timestamptz
            """);
  }

  @AfterAll
  void removeRealms() {
    writable.close();
    readOnly.close();
  }

  /** Of a factor begun at Better Auth nothing holds for one that is set up here in its place. */
  @Test
  void aFactorThatIsSetUpHereIsConfirmed() {
    FactorRealm.Enrolled who = enrolled();
    rows.write(
        "update auth.two_factor_auth set verified = false, failed_verification_count = 9,"
            + " locked_until = now() + interval '1 hour' where user_id = ?",
        who.user().id());
    rows.write("update auth.users set two_factor_enabled = false where id = ?", who.user().id());
    writable.require(who.user(), FactorRealm.CONFIGURE);
    Browser browser = writable.browser();

    EnrolmentIT.SetUp done =
        EnrolmentIT.setUp(browser, writable.afterPassword(browser, who.user()));

    assertThat(FactorRealm.isAtApp(done.end())).as(done.end().body()).isTrue();
    assertState(who.user(), true, 0, false);
    assertThat(enters(writable, new FactorRealm.Enrolled(who.user(), done.app()))).isTrue();
  }

  @Test
  void whoNeverHadOneGetsARowWithAllThatIsDemanded() {
    SampleUser user = writable.user();
    writable.require(user, FactorRealm.CONFIGURE);
    Browser browser = writable.browser();
    Browser.Stop page = writable.afterPassword(browser, user);
    rows.write("alter table auth.two_factor_auth alter column id drop default");
    try {
      EnrolmentIT.SetUp done = EnrolmentIT.setUp(browser, page);

      assertThat(FactorRealm.isAtApp(done.end())).as(done.end().body()).isTrue();
      assertState(user, true, 0, false);
    } finally {
      rows.write(
          "alter table auth.two_factor_auth alter column id set default gen_random_uuid()::text");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatNobodyConfirmedIsRefused(boolean mayWrite) {
    FactorRealm.Enrolled who = enrolled();
    rows.write(
        "update auth.two_factor_auth set verified = false where user_id = ?", who.user().id());

    assertThat(enters(mayWrite ? writable : readOnly, who)).isFalse();
    assertState(who.user(), false, 0, false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatIsLockedIsRefusedUntilTheLockEnds(boolean mayWrite) {
    FactorRealm realm = mayWrite ? writable : readOnly;
    FactorRealm.Enrolled who = enrolled();
    lock(who.user(), "1 hour");
    assertThat(enters(realm, who)).isFalse();
    assertThat(realm.grant(who.user(), FactorRealm.BACKUP_CODES.get(0)).getStatusCode())
        .isEqualTo(400);

    lock(who.user(), "-1 second");
    assertThat(enters(realm, who)).isTrue();
  }

  @Test
  void wrongCodesCountAndLockAndARightOneStartsAnew() {
    FactorRealm.Enrolled who = enrolled();
    wrong(who);
    wrong(who);
    assertState(who.user(), true, 2, false);
    assertThat(enters(writable, who)).isTrue();
    assertState(who.user(), true, 0, false);

    for (int i = 0; i < SecondFactorState.MOST_FAILURES; i++) {
      wrong(who);
    }

    assertState(who.user(), true, SecondFactorState.MOST_FAILURES, true);
    assertThat(enters(writable, who)).isFalse();
    assertState(who.user(), true, SecondFactorState.MOST_FAILURES, true);
    assertThat(
            rows.one(
                    "select locked_until between now() + interval '14 minutes'"
                        + " and now() + interval '15 minutes' as soon"
                        + " from auth.two_factor_auth where user_id = ?",
                    who.user().id())
                .text("soon"))
        .isEqualTo("true");
  }

  @Test
  void whereTheTableIsReadOnlyNothingIsCounted() {
    FactorRealm.Enrolled who = enrolled();

    assertThat(readOnly.grant(who.user(), who.app().wrongCode()).getStatusCode()).isEqualTo(400);

    assertState(who.user(), true, 0, false);
  }

  private void wrong(FactorRealm.Enrolled who) {
    assertThat(writable.grant(who.user(), who.app().wrongCode()).getStatusCode()).isEqualTo(400);
  }

  private void lock(SampleUser user, String interval) {
    rows.write(
        "update auth.two_factor_auth set failed_verification_count = 10,"
            + " locked_until = now() + ?::interval where user_id = ?",
        interval,
        user.id());
  }

  /** Someone whose row has what Better Auth writes into it. */
  private FactorRealm.Enrolled enrolled() {
    return writable.enrolled();
  }

  private static boolean enters(FactorRealm realm, FactorRealm.Enrolled who) {
    return realm.grant(who.user(), who.app().code()).getStatusCode() == 200;
  }

  private void assertState(SampleUser user, boolean verified, int failures, boolean locked) {
    AuthRows.Row row =
        rows.one(
            "select verified, failed_verification_count as failures,"
                + " coalesce(locked_until > now(), false) as locked from auth.two_factor_auth where user_id = ?",
            user.id());
    assertThat(row.text("verified")).isEqualTo(String.valueOf(verified));
    assertThat(row.text("failures")).isEqualTo(String.valueOf(failures));
    assertThat(row.text("locked")).isEqualTo(String.valueOf(locked));
  }
}

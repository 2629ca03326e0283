// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import dev.accesstier.keycloak.tests.support.AuthenticatorApp;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A second factor is asked for and verified, each code once. */
@TestInstance(Lifecycle.PER_CLASS)
final class SignInIT {

  private FactorRealm writable;
  private FactorRealm readOnly;

  static Stream<Fixture.User> fixtureUsers() {
    return Fixture.known().users().stream().filter(Fixture.User::twoFactor);
  }

  /** The ways to sign in with a password and a code. */
  enum Way {
    DIRECT_GRANT {
      @Override
      boolean signsIn(FactorRealm realm, String email, String password, String code) {
        HTTPResponse answer = realm.realm.oidc().password(TestRealm.APP, email, password, code);
        if (answer.getStatusCode() != 200) {
          assertThat(Oidc.json(answer)).containsEntry("error", "invalid_grant");
        }
        return answer.getStatusCode() == 200;
      }
    },
    BROWSER {
      @Override
      boolean signsIn(FactorRealm realm, String email, String password, String code) {
        Browser browser = realm.browser();
        Browser.Stop form = realm.afterPassword(browser, email, password);
        assertThat(FactorRealm.asksForCode(form)).as(form.body()).isTrue();
        Browser.Stop stop = browser.submit(form, Map.of("otp", code));
        if (!FactorRealm.isAtApp(stop)) {
          assertThat(FactorRealm.asksForCode(stop)).as(stop.body()).isTrue();
          return false;
        }
        Oidc.tokens(realm.realm.oidc().code(TestRealm.APP, stop.parameter("code")));
        return true;
      }
    };

    abstract boolean signsIn(FactorRealm realm, String email, String password, String code);

    boolean signsIn(FactorRealm realm, FactorRealm.Enrolled who, String code) {
      return signsIn(realm, who.email(), FactorRealm.PASSWORD, code);
    }
  }

  @BeforeAll
  void makeRealms() {
    writable = FactorRealm.create("factor_sign_in", Map.of("editMode", "WRITABLE"), rep -> {});
    readOnly = FactorRealm.over("factor_sign_in", Map.of(), rep -> {});
  }

  @AfterAll
  void removeRealms() {
    writable.close();
    readOnly.close();
  }

  @ParameterizedTest
  @MethodSource("fixtureUsers")
  void everyUserOfTheFixtureSignsInWithTheAppAndWithABackupCode(Fixture.User user) {
    for (FactorRealm realm : List.of(writable, readOnly)) {
      Way way = realm == writable ? Way.BROWSER : Way.DIRECT_GRANT;
      assertThat(way.signsIn(realm, user.email(), user.knownPassword(), user.app().code()))
          .as("%s %s", way, user)
          .isTrue();
    }
    // The first code of one of them is used up already; see known.json.
    List<String> left = writable.rows.of(user.id()).plainCodes();
    assertThat(Objects.requireNonNull(user.backupCodes())).endsWith(left.toArray(new String[0]));
    String code = left.get(left.size() - 1);
    assertThat(Way.BROWSER.signsIn(writable, user.email(), user.knownPassword(), code)).isTrue();
    assertThat(writable.rows.of(user.id()).plainCodes())
        .isEqualTo(left.subList(0, left.size() - 1));
  }

  @Test
  void thePasswordAloneIsNotEnough() {
    FactorRealm.Enrolled who = writable.enrolled();
    HTTPResponse grant = writable.grant(who.user());

    assertThat(grant.getStatusCode()).isEqualTo(400);
    assertThat(Oidc.json(grant)).containsEntry("error", "invalid_grant");
    Browser.Stop stop = writable.afterPassword(writable.browser(), who.user());
    assertThat(FactorRealm.asksForCode(stop)).isTrue();
    assertThat(stop.body()).doesNotContain(who.user().id());
  }

  @ParameterizedTest
  @EnumSource
  void oneStepBeforeAndAfterIsTakenAndNoMore(Way way) {
    FactorRealm.Enrolled who = writable.enrolled();
    List<Boolean> taken = new ArrayList<>();
    for (int steps : new int[] {-2, 2, -1, 0, 1}) {
      taken.add(way.signsIn(writable, who, who.app().code(steps)));
    }
    assertThat(taken).containsExactly(false, false, true, true, true);
  }

  @ParameterizedTest
  @EnumSource
  void aCodeIsTakenOnceInWhateverRealm(Way way) {
    FactorRealm.Enrolled who = writable.enrolled();
    String code = who.app().code();

    assertThat(way.signsIn(writable, who, code)).isTrue();
    for (Way again : Way.values()) {
      assertThat(again.signsIn(writable, who, code)).isFalse();
      assertThat(again.signsIn(readOnly, who, code)).isFalse();
    }
    assertThat(way.signsIn(writable, who, who.app().code())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12345", "abcdef", "abcde-fghij", "ABCDE-FGHIJ", "abcdeFGHIJ", "[]"})
  void whatIsNoCodeIsRefused(String code) {
    FactorRealm.Enrolled who = writable.enrolled();

    for (Way way : Way.values()) {
      assertThat(way.signsIn(writable, who, code)).isFalse();
    }
    assertThat(Way.DIRECT_GRANT.signsIn(writable, who, who.app().wrongCode())).isFalse();
    assertThat(writable.rows.of(who.user().id()).plainCodes()).isEqualTo(FactorRealm.BACKUP_CODES);
  }

  @ParameterizedTest
  @EnumSource
  void aBackupCodeIsTakenOnceAndTheRestStaysReadable(Way way) {
    FactorRealm.Enrolled who = writable.enrolled();
    String before = writable.rows.of(who.user().id()).codes();

    assertThat(way.signsIn(writable, who, FactorRealm.BACKUP_CODES.get(1))).isTrue();
    assertThat(way.signsIn(writable, who, FactorRealm.BACKUP_CODES.get(1))).isFalse();
    TwoFactorRows.Row row = writable.rows.of(who.user().id());
    assertThat(row.codes()).isNotEqualTo(before).matches("[0-9a-f]+");
    assertThat(row.plainCodes())
        .containsExactly(FactorRealm.BACKUP_CODES.get(0), FactorRealm.BACKUP_CODES.get(2));
    assertThat(way.signsIn(writable, who, who.app().code())).isTrue();
  }

  @Test
  void ofTwoWhoBringABackupCodeAtOnceOneGetsIn() throws Exception {
    FactorRealm.Enrolled who = writable.enrolled();
    Callable<Integer> attempt =
        () -> writable.grant(who.user(), FactorRealm.BACKUP_CODES.get(0)).getStatusCode();

    assertThat(atOnce(List.of(attempt, attempt, attempt, attempt)))
        .containsExactlyInAnyOrder(200, 400, 400, 400);
  }

  @Test
  void twoBackupCodesAtOnceAreBothUsedUp() throws Exception {
    FactorRealm.Enrolled who = writable.enrolled();

    assertThat(
            atOnce(
                FactorRealm.BACKUP_CODES.stream()
                    .<Callable<Integer>>map(
                        code -> () -> writable.grant(who.user(), code).getStatusCode())
                    .toList()))
        .containsOnly(200);
    assertThat(writable.rows.of(who.user().id()).plainCodes()).isEmpty();
  }

  @Test
  void ofTwoWhoBringACodeOfTheAppAtOnceOneGetsIn() throws Exception {
    FactorRealm.Enrolled who = writable.enrolled();
    String code = who.app().code();
    Callable<Integer> attempt = () -> writable.grant(who.user(), code).getStatusCode();

    assertThat(atOnce(List.of(attempt, attempt, attempt, attempt)))
        .containsExactlyInAnyOrder(200, 400, 400, 400);
  }

  private static List<Integer> atOnce(List<Callable<Integer>> attempts)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(attempts.size());
    try {
      List<Integer> answers = new ArrayList<>();
      for (Future<Integer> answer : threads.invokeAll(attempts)) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aReadOnlySchemaTakesNoBackupCodeAndSaysSo() {
    FactorRealm.Enrolled who = readOnly.enrolled();
    int before = TestServer.shared().keycloak().log().length();

    assertThat(Way.BROWSER.signsIn(readOnly, who, FactorRealm.BACKUP_CODES.get(0))).isFalse();
    assertThat(TestServer.shared().keycloak().log().substring(before).lines())
        .filteredOn(line -> line.contains(who.user().id() + " is refused: READ_ONLY mode"))
        .hasSize(1);
    assertThat(readOnly.rows.of(who.user().id()).plainCodes()).isEqualTo(FactorRealm.BACKUP_CODES);
  }

  @Test
  void anEnrolmentThatWasNotConfirmedDoesNotCount() {
    Fixture.User pending = Fixture.known().user("totp-pending");
    var oidc = writable.realm.oidc();

    Oidc.tokens(oidc.password(TestRealm.APP, pending.email(), pending.knownPassword()));
    assertThat(
            FactorRealm.isAtApp(
                writable.afterPassword(
                    writable.browser(), pending.email(), pending.knownPassword())))
        .isTrue();
  }

  @Test
  void guessingCodesLocksTheUserOut() {
    try (FactorRealm guarded =
        FactorRealm.over(
            writable.database,
            Map.of("editMode", "WRITABLE"),
            rep -> {
              rep.setBruteForceProtected(true);
              rep.setFailureFactor(3);
              rep.setQuickLoginCheckMilliSeconds(0L);
              rep.setWaitIncrementSeconds(600);
            })) {
      FactorRealm.Enrolled who = guarded.enrolled();
      Browser browser = guarded.browser();
      AtomicReference<Browser.Stop> page =
          new AtomicReference<>(guarded.afterPassword(browser, who.user()));
      guarded.realm.guessed(
          guarded.realm.user(who.email()).getId(),
          Stream.of(who.app().wrongCode(), "abcde-XXXXX", who.app().wrongCode())
              .<Runnable>map(
                  guess -> () -> page.updateAndGet(at -> browser.submit(at, Map.of("otp", guess))))
              .toList());
      assertThat(guarded.grant(who.user(), who.app().code()).getStatusCode()).isNotEqualTo(200);
    }
  }

  /** Look-up by email, password, second factor. */
  @Test
  void aDirectGrantWithASecondFactorTakesThreeStatements() {
    try (FactorRealm counted = FactorRealm.create("factor_counted", Map.of(), rep -> {})) {
      Fixture.User user = Fixture.known().user("totp-2");
      AuthenticatorApp app = user.app();
      String code = app.code();
      List<String> found =
          new AuthStatements()
              .during(
                  () ->
                      Oidc.tokens(
                          counted
                              .realm
                              .oidc()
                              .password(TestRealm.APP, user.email(), user.knownPassword(), code)));
      assertThat(found).hasSizeBetween(1, 3);
    }
  }
}

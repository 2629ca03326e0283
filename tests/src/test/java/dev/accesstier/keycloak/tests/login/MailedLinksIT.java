// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.idm.UserSessionRepresentation;

/** Links that are still in a mailbox on the day of the switch. */
@TestInstance(Lifecycle.PER_CLASS)
final class MailedLinksIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final String ATTRIBUTE = "access.tier.mailed-links";
  private static final String CALLBACK = Oidc.redirectUri(TestRealm.APP);

  private LoginRealm realm;

  @BeforeAll
  void makeRealm() {
    realm =
        LoginRealm.create(
            Map.of("editMode", "WRITABLE"),
            rep -> {
              rep.setResetPasswordAllowed(true);
              rep.setAttributes(allowing("all"));
              rep.setEventsEnabled(true);
              rep.setBruteForceProtected(true);
              rep.setFailureFactor(2);
              rep.setWaitIncrementSeconds(600);
              rep.setQuickLoginCheckMilliSeconds(0L);
            });
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private static Map<String, String> allowing(String links) {
    return new HashMap<>(Map.of(ATTRIBUTE, links));
  }

  private static void allow(LoginRealm realm, String links) {
    RealmRepresentation changed = realm.realm.realm().toRepresentation();
    changed.getAttributes().put(ATTRIBUTE, links);
    realm.realm.realm().update(changed);
  }

  private static String magicLink(LoginRealm realm, String token, String callback) {
    return realm.oidc().realmUrl()
        + "/access-tier/magic-link?token="
        + token
        + "&callbackURL="
        + URLEncoder.encode(callback, StandardCharsets.UTF_8);
  }

  private static String resetLink(LoginRealm realm, String token) {
    return realm.oidc().realmUrl()
        + "/access-tier/reset-password/"
        + token
        + "?callbackURL="
        + URLEncoder.encode(CALLBACK, StandardCharsets.UTF_8);
  }

  private static String magicToken(LoginRealm realm, Fixture.User user) {
    String token = newToken();
    realm.verification(token, "{\"email\":\"" + user.email() + "\",\"attempt\":0}");
    return token;
  }

  private static String newToken() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static String hashed(String text) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The link of Keycloak's page that asks whether to go on. */
  private static String confirmation(Stop page) {
    Element link = page.page().selectFirst("a[href*=action-token]");
    assertThat(link).as(page.uri() + page.body()).isNotNull();
    return link == null ? "" : link.absUrl("href");
  }

  private static Stop follow(Browser browser, String link) {
    return browser.open(confirmation(browser.open(link)));
  }

  private static void assertRefused(Stop stop) {
    assertRefusedByKeycloak(stop);
    assertWayOn(stop);
  }

  /** Before we are asked. */
  private static void assertRefusedByKeycloak(Stop stop) {
    assertThat(stop.status()).as(stop.uri() + stop.body()).isEqualTo(400);
    assertThat(stop.page().selectFirst("a[href*=action-token]")).isNull();
  }

  /** Whoever is refused is told why, and finds the way to sign in. */
  private static void assertWayOn(Stop stop) {
    assertThat(stop.page().title()).as(stop.body()).isNotEmpty();
    assertThat(stop.page().selectFirst("#access-tier-message")).as(stop.body()).isNotNull();
    Element on = stop.page().selectFirst("a#access-tier-proceed");
    assertThat(on).as(stop.body()).isNotNull();
    assertThat(on == null ? "" : on.absUrl("href")).contains("/account");
  }

  private static boolean isSignedIn(LoginRealm realm, Browser browser) {
    return !realm.openApp(browser).parameter("code").isEmpty();
  }

  @Nested
  class AMagicLink {

    @Test
    void thatBetterAuthMailedSignsIn() {
      String token = "SOGLbJjWleHXJRTrJaNVbEXAnATtpDnm";
      realm.sql(
          "update auth.verification set expires_at = now() + interval '5 minutes'"
              + " where identifier = ?",
          token);
      Browser browser = realm.browser();
      Stop page = browser.open(magicLink(realm, token, CALLBACK));
      assertThat(page.body()).contains(BETA.email());

      Stop end = browser.open(confirmation(page));

      assertThat(end.uri().toString()).startsWith(CALLBACK);
      assertThat(end.parameter("code")).isEmpty();
      assertThat(isSignedIn(realm, browser)).isTrue();
      assertThat(realm.hasVerification(token)).isFalse();
    }

    /** Mail scanners follow links; nothing may happen then. */
    @Test
    void isNotUsedUpByLookingAtIt() {
      String token = magicToken(realm, BETA);
      Browser scanner = realm.browser();
      scanner.open(magicLink(realm, token, CALLBACK));

      assertThat(isSignedIn(realm, scanner)).isFalse();
      assertThat(realm.hasVerification(token)).isTrue();
      Browser browser = realm.browser();
      follow(browser, magicLink(realm, token, CALLBACK));
      assertThat(isSignedIn(realm, browser)).isTrue();
    }

    @Test
    void worksOnce() {
      String token = magicToken(realm, BETA);
      Browser one = realm.browser();
      Browser other = realm.browser();
      String first = confirmation(one.open(magicLink(realm, token, CALLBACK)));
      String second = confirmation(other.open(magicLink(realm, token, CALLBACK)));

      one.open(first);
      assertRefused(other.open(second));

      assertThat(isSignedIn(realm, one)).isTrue();
      assertThat(isSignedIn(realm, other)).isFalse();
      assertRefused(realm.browser().open(magicLink(realm, token, CALLBACK)));
    }

    @Test
    void whoseConfirmationIsTakenToAnotherBrowserAsksAgain() {
      String token = magicToken(realm, BETA);
      String confirmation = confirmation(realm.browser().open(magicLink(realm, token, CALLBACK)));
      Browser other = realm.browser();

      other.open(confirmation);

      assertThat(isSignedIn(realm, other)).isFalse();
      assertThat(realm.hasVerification(token)).isTrue();
    }

    @Test
    void isFoundByItsHash() {
      String token = newToken();
      realm.verification(hashed(token), "{\"email\":\"" + BETA.email() + "\"}");
      Browser browser = realm.browser();

      follow(browser, magicLink(realm, token, CALLBACK));

      assertThat(isSignedIn(realm, browser)).isTrue();
    }

    static List<UnaryOperator<String>> identifiersSince177() {
      return List.of(
          token -> "magic-link:" + token,
          token -> "magic-link:" + hashed(token),
          token -> hashed("magic-link:" + token),
          token -> hashed("magic-link:" + hashed(token)));
    }

    @ParameterizedTest
    @MethodSource("identifiersSince177")
    void thatANewerBetterAuthMailedSignsInOnce(UnaryOperator<String> identifier) {
      String token = newToken();
      realm.verification(
          identifier.apply(token), "{\"type\":\"magic-link\",\"email\":\"" + BETA.email() + "\"}");
      Browser browser = realm.browser();

      follow(browser, magicLink(realm, token, CALLBACK));

      assertThat(isSignedIn(realm, browser)).isTrue();
      assertThat(realm.hasVerification(identifier.apply(token))).isFalse();
      assertRefused(realm.browser().open(magicLink(realm, token, CALLBACK)));
    }

    /** Or else reading the table would be enough. */
    @ParameterizedTest
    @ValueSource(strings = {"", "magic-link:"})
    void isNotOpenedByTheHashItself(String prefix) {
      String token = newToken();
      realm.verification(prefix + hashed(token), "{\"email\":\"" + BETA.email() + "\"}");

      assertRefused(realm.browser().open(magicLink(realm, hashed(token), CALLBACK)));
    }

    @Test
    void thatExpiredIsRefused() {
      String token = magicToken(realm, BETA);
      realm.sql(
          "update auth.verification set expires_at = now() - interval '1 second'"
              + " where identifier = ?",
          token);

      assertRefused(realm.browser().open(magicLink(realm, token, CALLBACK)));
    }

    @Test
    void thatExpiresBeforeTheConfirmationIsRefused() {
      String token = magicToken(realm, BETA);
      Browser browser = realm.browser();
      String confirmation = confirmation(browser.open(magicLink(realm, token, CALLBACK)));
      realm.sql("delete from auth.verification where identifier = ?", token);

      assertRefused(browser.open(confirmation));
      assertThat(isSignedIn(realm, browser)).isFalse();
    }

    /** Better Auth counts in the row and leaves it there. */
    @Test
    void thatWasUsedAtBetterAuthIsRefused() {
      String token = newToken();
      realm.verification(token, "{\"email\":\"" + BETA.email() + "\",\"attempt\":1}");

      assertRefused(realm.browser().open(magicLink(realm, token, CALLBACK)));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "LraIXTENhSfAKUp25JEPv3ToiPmHKxug",
          "{}",
          "[]",
          "null",
          "{\"email\":7}",
          "{\"email\":null}",
          "{\"email\":\"nobody@example.test\"}",
          "{\"email\":"
        })
    void ofARowThatIsSomethingElseIsRefused(String value) {
      String token = newToken();
      realm.verification(token, value);

      assertRefused(realm.browser().open(magicLink(realm, token, CALLBACK)));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"", "short", "%00aaaaaaaaaaaaaaaaaaaaaaaaa", "..%2F..%2Faaaaaaaaaaaaaaa"})
    void ofNonsenseIsRefused(String token) {
      assertRefusedByKeycloak(realm.browser().open(magicLink(realm, token, CALLBACK)));
    }

    @Test
    void ofADeletedUserIsRefused() {
      assertRefused(
          realm
              .browser()
              .open(
                  magicLink(
                      realm, magicToken(realm, Fixture.known().user("deleted-1")), CALLBACK)));
    }

    @Test
    void ofADisabledUserIsRefusedAlsoAfterTheFirstPage() {
      Fixture.User person = Fixture.known().user("alpha-service");
      Browser browser = realm.browser();
      String confirmation =
          confirmation(browser.open(magicLink(realm, magicToken(realm, person), CALLBACK)));
      var user = realm.realm.realm().users().get(realm.realm.user(person.email()).getId());
      UserRepresentation representation = user.toRepresentation();
      representation.setEnabled(false);
      user.update(representation);

      assertRefusedByKeycloak(browser.open(confirmation));
    }

    /** Better Auth asks such a user for nothing more; we do not let a mail replace the factor. */
    @Test
    void ofAUserWithASecondFactorIsRefusedAndSaysWhy() {
      Stop stop =
          realm
              .browser()
              .open(magicLink(realm, magicToken(realm, Fixture.known().user("totp-1")), CALLBACK));

      assertThat(stop.status()).isEqualTo(403);
      assertThat(stop.body()).contains("second factor");
    }

    @Test
    void ofAUserWithASecondFactorThatKeycloakKeepsIsRefusedAndSaysWhy() {
      Fixture.User user = Fixture.known().user("beta-service");
      realm.addOtpOfKeycloak(user);

      Stop stop = realm.browser().open(magicLink(realm, magicToken(realm, user), CALLBACK));

      assertThat(stop.status()).isEqualTo(403);
      assertThat(stop.body()).contains("second factor");
    }

    /** It was good when the first page was asked for. */
    @Test
    void ofAUserWhoGotASecondFactorSinceTheFirstPageIsRefused() {
      Fixture.User user = Fixture.known().user("founder-service");
      Browser browser = realm.browser();
      String token = magicToken(realm, user);
      String confirmation = confirmation(browser.open(magicLink(realm, token, CALLBACK)));
      realm.sql("update auth.users set two_factor_enabled = true where id = ?", user.id());

      assertRefused(browser.open(confirmation));

      assertThat(isSignedIn(realm, browser)).isFalse();
      assertThat(realm.hasVerification(token)).isTrue();
      realm.sql("update auth.users set two_factor_enabled = false where id = ?", user.id());
    }

    @Test
    void ofAUserWhoIsLockedAfterWrongPasswordsIsRefusedOnBothPages() {
      Fixture.User user = Fixture.known().user("public-user");
      Browser browser = realm.browser();
      String token = magicToken(realm, user);
      String confirmation = confirmation(browser.open(magicLink(realm, token, CALLBACK)));
      String id = realm.user(user).toRepresentation().getId();
      realm.realm.guessed(
          id,
          Collections.nCopies(
              2, () -> realm.oidc().password(TestRealm.APP, user.email(), "a guess")));
      await()
          .untilAsserted(
              () ->
                  assertThat(realm.realm.realm().attackDetection().bruteForceUserStatus(id))
                      .containsEntry("disabled", true));

      assertRefused(browser.open(confirmation));
      Stop first = realm.browser().open(magicLink(realm, token, CALLBACK));

      assertThat(first.status()).isEqualTo(403);
      assertThat(first.body()).contains("locked for a while");
      assertThat(isSignedIn(realm, browser)).isFalse();
      assertThat(realm.hasVerification(token)).isTrue();
    }

    /** The address of the next page signs in: neither a cache nor the next site may keep it. */
    @Test
    void leadsOnWithoutATrace() throws IOException, InterruptedException {
      HttpResponse<Void> first =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create(magicLink(realm, magicToken(realm, BETA), CALLBACK)))
                      .build(),
                  BodyHandlers.discarding());

      assertThat(first.statusCode()).isEqualTo(302);
      assertThat(first.headers().firstValue("Location").orElseThrow()).contains("action-token");
      assertThat(first.headers().allValues("Cache-Control")).isNotEmpty().containsOnly("no-store");
      assertThat(first.headers().allValues("Referrer-Policy"))
          .isNotEmpty()
          .containsOnly("no-referrer");
    }

    /** Keycloak has the user in its cache by the old address. */
    @Test
    void toAnAddressThatIsNoLongerTheUsersIsRefused() {
      Fixture.User user = Fixture.known().user("alpha-user");
      Oidc.tokens(realm.oidc().password(TestRealm.APP, user.email(), user.knownPassword()));
      String token = magicToken(realm, user);
      realm.sql("update auth.users set email = 'moved-' || email where id = ?", user.id());

      assertRefused(realm.browser().open(magicLink(realm, token, CALLBACK)));

      realm.sql("update auth.users set email = substr(email, 7) where id = ?", user.id());
    }

    /** The password and the session are of whoever signed up, and that may have been anybody. */
    @Test
    void provesTheAddressAndEndsWhatNobodyHadProven() {
      Fixture.User user = Fixture.known().user("unverified-1");
      String session = realm.session(user, "1 hour");
      realm.user(user).impersonate();
      String kept = realm.user(user).getUserSessions().get(0).getId();
      realm.sql(
          "insert into auth.accounts (id, account_id, provider_id, user_id)"
              + " values ('link', 'stranger', 'google', ?)",
          user.id());
      realm.sql(
          "insert into auth.passkeys (id, user_id, credential_id, public_key, counter, device_type,"
              + " backed_up) values ('key', ?, 'stranger', 'key', 0, 'singleDevice', false)",
          user.id());
      Browser browser = realm.browser();

      follow(browser, magicLink(realm, magicToken(realm, user), CALLBACK));

      assertThat(isSignedIn(realm, browser)).isTrue();
      assertThat(realm.realm.user(user.email()).isEmailVerified()).isTrue();
      assertThat(realm.oidc().password(TestRealm.APP, user.email(), user.knownPassword()).getBody())
          .contains("Invalid user credentials");
      assertThat(realm.query("select id from auth.accounts where user_id = ?", user.id()))
          .isEmpty();
      assertThat(realm.query("select id from auth.passkeys where user_id = ?", user.id()))
          .isEmpty();
      assertThat(realm.isEnded(session)).isTrue();
      assertThat(realm.user(user).getUserSessions())
          .extracting(UserSessionRepresentation::getId)
          .isNotEmpty()
          .doesNotContain(kept);
      assertThat(realm.realm.realm().getEvents())
          .filteredOn(event -> "first_proof_of_address".equals(event.getDetails().get("reason")))
          .extracting(EventRepresentation::getType)
          .containsExactlyInAnyOrder(
              "REMOVE_CREDENTIAL", "REMOVE_CREDENTIAL", "REMOVE_FEDERATED_IDENTITY");
    }

    @Test
    void leavesThePasswordOfAProvenAddress() {
      Fixture.User user = Fixture.known().user("founder-user");
      Browser browser = realm.browser();

      follow(browser, magicLink(realm, magicToken(realm, user), CALLBACK));

      Oidc.tokens(realm.oidc().password(TestRealm.APP, user.email(), user.knownPassword()));
    }

    @Test
    void meetsTheTierGate() {
      var flows = realm.realm.realm().flows();
      flows.getUnregisteredRequiredActions().stream()
          .filter(action -> action.getProviderId().equals("access-tier-gate"))
          .forEach(flows::registerRequiredAction);
      var gate = flows.getRequiredAction("access-tier-gate");
      gate.setEnabled(true);
      flows.updateRequiredAction("access-tier-gate", gate);
      ClientRepresentation gated = TestRealm.client("gated");
      gated.setAttributes(Map.of("access.tier.required", "founder"));
      realm.realm.add(gated);

      Stop stop =
          follow(
              realm.browser(),
              magicLink(realm, magicToken(realm, BETA), Oidc.redirectUri("gated")));

      assertThat(stop.isDeniedPage()).as(stop.uri() + stop.body()).isTrue();
    }
  }

  @Nested
  class NoOpenRedirect {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "https://evil.example/",
          "http://app.test/app/../other",
          "http://app.test/app.evil.example",
          "//evil.example",
          "/dashboard",
          "javascript:alert(1)",
          "http://app.test/app@evil.example",
          "not a url"
        })
    void anAddressThatIsNoRedirectUriIsLeftOut(String callback) {
      Browser browser = realm.browser();

      Stop end = follow(browser, magicLink(realm, magicToken(realm, BETA), callback));

      assertThat(end.uri().toString()).startsWith(realm.oidc().realmUrl() + "/account");
      assertThat(isSignedIn(realm, browser)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "https://*", "https:*", "http*", "https://*:*"})
    void aRedirectUriThatTakesEveryHostDoesNotCount(String wildcard) {
      ClientRepresentation any = TestRealm.client("any-" + newToken());
      any.setRedirectUris(List.of(wildcard, "https://named.test/welcome/*"));
      realm.realm.add(any);

      assertEndsAtAccount("https://evil.example/");
      assertEndsAtAccount("https://named.test.evil.example/welcome/");
      assertEndsAt("https://named.test/welcome/back");
      remove(any);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://port.test:*", "http://port.test*", "http://port.test:8080/*"})
    void aWildcardBehindAHostCounts(String wildcard) {
      ClientRepresentation named = TestRealm.client("named-" + newToken());
      named.setRedirectUris(List.of(wildcard));
      realm.realm.add(named);

      assertEndsAt(
          wildcard.contains(":8080") || wildcard.endsWith(":*")
              ? "http://port.test:8080/welcome"
              : "http://port.test/welcome");
      assertEndsAtAccount("http://port.test.evil.example/welcome");
      remove(named);
    }

    static List<Consumer<ClientRepresentation>> whereNobodySignsIn() {
      return List.of(
          client -> client.setEnabled(false),
          client -> client.setBearerOnly(true),
          client -> {
            client.setStandardFlowEnabled(false);
            client.setServiceAccountsEnabled(true);
          },
          client -> client.setProtocol("saml"));
    }

    @ParameterizedTest
    @MethodSource("whereNobodySignsIn")
    void aClientThatSignsNobodyInDoesNotCount(Consumer<ClientRepresentation> kind) {
      String callback = "https://no-sign-in.test/welcome";
      ClientRepresentation client = TestRealm.client("no-sign-in-" + newToken());
      client.setRedirectUris(List.of(callback));
      kind.accept(client);
      realm.realm.add(client);

      assertEndsAtAccount(callback);
      remove(client);
    }

    private void assertEndsAt(String callback) {
      Stop end = follow(realm.browser(), magicLink(realm, magicToken(realm, BETA), callback));
      assertThat(end.uri().toString()).startsWith(callback);
    }

    private void assertEndsAtAccount(String callback) {
      Stop end = follow(realm.browser(), magicLink(realm, magicToken(realm, BETA), callback));
      assertThat(end.uri().toString()).startsWith(realm.oidc().realmUrl() + "/account");
    }

    private void remove(ClientRepresentation client) {
      var clients = realm.realm.realm().clients();
      clients.get(clients.findByClientId(client.getClientId()).get(0).getId()).remove();
    }
  }

  @Nested
  class OfWhichARealmTakes {

    @Test
    void noMagicLinksUnlessAskedFor() {
      try (LoginRealm plain =
          LoginRealm.create(
              Map.of("editMode", "WRITABLE"), rep -> rep.setResetPasswordAllowed(true))) {
        String token = magicToken(plain, BETA);
        assertRefused(plain.browser().open(magicLink(plain, token, CALLBACK)));
        assertThat(plain.hasVerification(token)).isTrue();
        assertResets(plain, true);
      }
    }

    @ParameterizedTest
    @CsvSource({"none,false", "reset,true", "all,true", "All,false", "everything,false"})
    void resetLinks(String links, boolean taken) {
      allow(realm, links);
      try {
        assertResets(realm, taken);
      } finally {
        allow(realm, "all");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "reset", "All", "everything"})
    void noMagicLinksEvenIfTheFirstPageWasOpen(String links) {
      Browser browser = realm.browser();
      String token = magicToken(realm, BETA);
      String confirmation = confirmation(browser.open(magicLink(realm, token, CALLBACK)));
      allow(realm, links);
      try {
        assertRefused(browser.open(confirmation));
        assertRefused(realm.browser().open(magicLink(realm, token, CALLBACK)));
        assertThat(isSignedIn(realm, browser)).isFalse();
        assertThat(realm.hasVerification(token)).isTrue();
      } finally {
        allow(realm, "all");
      }
    }

    private static void assertResets(LoginRealm realm, boolean taken) {
      String token = newToken();
      realm.verification("reset-password:" + token, BETA.id());
      Stop page = realm.browser().open(resetLink(realm, token));
      assertThat(page.status()).isEqualTo(taken ? 200 : 400);
      assertThat(page.page().selectFirst("a[href*=action-token]") != null).isEqualTo(taken);
    }
  }

  @Nested
  class AResetLink {

    @Test
    void thatBetterAuthMailedLeadsToTheNewPasswordAndSignsNobodyIn() {
      String token = "LgSNZHRhzH1WGMVR8QAKXmxK";
      realm.sql(
          "update auth.verification set expires_at = now() + interval '5 minutes'"
              + " where identifier = ?",
          "reset-password:" + token);
      Browser browser = realm.browser();
      Stop page = browser.open(resetLink(realm, token));
      assertThat(realm.hasVerification("reset-password:" + token)).isTrue();

      Stop form = browser.open(confirmation(page));

      assertThat(realm.hasVerification("reset-password:" + token)).isFalse();
      Stop end =
          browser.submit(
              form, Map.of("password-new", "a new password", "password-confirm", "a new password"));
      assertThat(end.page().selectFirst("a[href=" + CALLBACK + "]")).as(end.body()).isNotNull();
      assertThat(isSignedIn(realm, browser)).isFalse();
      Oidc.tokens(realm.oidc().password(TestRealm.APP, BETA.email(), "a new password"));
      assertRefused(realm.browser().open(resetLink(realm, token)));
    }

    @Test
    void isFoundByItsHash() {
      String token = newToken();
      realm.verification(hashed("reset-password:" + token), BETA.id());

      Stop form = follow(realm.browser(), resetLink(realm, token));

      assertThat(form.page().selectFirst("[name=password-new]")).as(form.body()).isNotNull();
    }

    @Test
    void isNoMagicLinkAndTheOtherWayRound() {
      String token = newToken();
      realm.verification("reset-password:" + token, BETA.id());
      String magic = magicToken(realm, BETA);

      assertRefused(realm.browser().open(magicLink(realm, token, CALLBACK)));
      assertRefused(realm.browser().open(resetLink(realm, magic)));
    }

    @Test
    void ofAnUnknownUserIsRefused() {
      String token = newToken();
      realm.verification("reset-password:" + token, "nobody");

      assertRefused(realm.browser().open(resetLink(realm, token)));
    }
  }

  @Nested
  class WhereTheSchemaIsReadOnly {

    @Test
    void aMagicLinkWorksOnceAndAResetLinkSaysThatItCannot() {
      try (LoginRealm readOnly =
          LoginRealm.create(
              Map.of("editMode", "READ_ONLY"),
              rep -> {
                rep.setResetPasswordAllowed(true);
                rep.setAttributes(allowing("all"));
              })) {
        String token = magicToken(readOnly, BETA);
        Browser one = readOnly.browser();
        Browser other = readOnly.browser();
        String second = confirmation(other.open(magicLink(readOnly, token, CALLBACK)));
        follow(one, magicLink(readOnly, token, CALLBACK));
        assertRefused(other.open(second));
        assertRefused(readOnly.browser().open(magicLink(readOnly, token, CALLBACK)));
        assertThat(isSignedIn(readOnly, one)).isTrue();
        assertThat(isSignedIn(readOnly, other)).isFalse();
        assertThat(readOnly.hasVerification(token)).isTrue();

        String reset = newToken();
        readOnly.verification("reset-password:" + reset, BETA.id());
        Stop stop = readOnly.browser().open(resetLink(readOnly, reset));
        assertRefused(stop);
        assertThat(stop.body()).contains("cannot be changed here");

        Fixture.User unverified = Fixture.known().user("unverified-1");
        Stop unproven =
            readOnly
                .browser()
                .open(magicLink(readOnly, magicToken(readOnly, unverified), CALLBACK));
        assertThat(unproven.status()).isEqualTo(403);
        assertThat(unproven.body()).contains("not verified yet");
      }
    }
  }
}

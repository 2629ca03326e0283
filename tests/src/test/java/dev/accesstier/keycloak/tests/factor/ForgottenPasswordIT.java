// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.MailDrop;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.util.JsonSerialization;

/** The flow of the realm file for a forgotten password, as seen by who reads the mail. */
@TestInstance(Lifecycle.PER_CLASS)
final class ForgottenPasswordIT {

  private static final String NEW_PASSWORD = "another one of two";

  private final MailDrop mails = new MailDrop();
  private FactorRealm realm;

  @BeforeAll
  void makeRealm() {
    realm =
        FactorRealm.create(
            "factor_forgotten_password",
            Map.of("editMode", "WRITABLE"),
            ForgottenPasswordIT::resetAsInTheRealmFile);
    mails.receiveFrom(realm.realm.realm());
  }

  @AfterAll
  void clean() throws IOException {
    realm.close();
    mails.close();
  }

  private static void resetAsInTheRealmFile(RealmRepresentation realm) {
    try {
      JsonNode file =
          JsonSerialization.mapper.readTree(TestServer.realmExport("mana-realm.json").toFile());
      RealmRepresentation mana =
          JsonSerialization.mapper.treeToValue(file, RealmRepresentation.class);
      realm.setAuthenticationFlows(mana.getAuthenticationFlows());
      realm.setAuthenticatorConfig(mana.getAuthenticatorConfig());
      realm.setResetCredentialsFlow(mana.getResetCredentialsFlow());
      realm.setResetPasswordAllowed(true);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theSecondFactorStaysAndIsAskedForAtTheNextSignIn() throws Exception {
    FactorRealm.Enrolled who = realm.enrolled();
    String secret = realm.rows.of(who.user().id()).secret();
    Browser browser = realm.browser();

    Stop end = reset(browser, who.user());

    assertThat(end.page().selectFirst("input[name=totpSecret]")).isNull();
    assertThat(FactorRealm.isAtApp(end)).as("signed in by mail alone").isFalse();
    Stop form = realm.afterPassword(browser, who.email(), NEW_PASSWORD);
    assertThat(FactorRealm.asksForCode(form)).as(form.body()).isTrue();
    Stop in = browser.submit(form, Map.of("otp", who.app().code()));
    assertThat(FactorRealm.isAtApp(in)).as(in.body()).isTrue();
    assertThat(realm.rows.of(who.user().id()).secret()).isEqualTo(secret);
  }

  @Test
  void whoHasNoneSignsInWithTheNewPassword() throws Exception {
    SampleUser user = realm.user();
    Browser browser = realm.browser();

    Stop end = reset(browser, user);

    assertThat(FactorRealm.isAtApp(end)).isFalse();
    Stop in = realm.afterPassword(browser, user.email(), NEW_PASSWORD);
    assertThat(FactorRealm.isAtApp(in)).as(in.body()).isTrue();
    assertThat(realm.grant(user).getBody()).contains("Invalid user credentials");
  }

  /** All in one browser, where Keycloak would sign a user of its own in at once. */
  private Stop reset(Browser browser, SampleUser user) throws Exception {
    Stop login = browser.open(realm.realm.oidc().authUrl(TestRealm.APP, ""));
    Stop form = browser.open(login.page().expectFirst("a[href*=reset-credentials]").absUrl("href"));
    browser.submit(form, Map.of("username", user.email()));
    Stop update = browser.open(mails.nextLink());
    return browser.submit(
        update, Map.of("password-new", NEW_PASSWORD, "password-confirm", NEW_PASSWORD));
  }
}

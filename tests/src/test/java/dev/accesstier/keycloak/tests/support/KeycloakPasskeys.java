// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.WaitForURLOptions;
import com.microsoft.playwright.options.WaitUntilState;
import java.net.URI;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RequiredActionProviderRepresentation;

/** A realm that takes passkeys, and its pages for someone in Chromium who clicks. */
public final class KeycloakPasskeys {

  /** Type of the credentials. */
  public static final String TYPE = "webauthn-passwordless";

  private static final String REGISTER = "webauthn-register-passwordless";

  private KeycloakPasskeys() {}

  /** Of a realm that is about to be made. */
  public static void enable(RealmRepresentation realm) {
    realm.setWebAuthnPolicyPasswordlessPasskeysEnabled(true);
    realm.setWebAuthnPolicyPasswordlessRpId(Authenticator.RP_ID);
    realm.setWebAuthnPolicyPasswordlessUserVerificationRequirement("required");
  }

  public static void allowRegistration(TestRealm realm) {
    var flows = realm.realm().flows();
    RequiredActionProviderRepresentation action = flows.getRequiredAction(REGISTER);
    action.setEnabled(true);
    flows.updateRequiredAction(REGISTER, action);
  }

  /** A page without what a browser offers by itself, which is tried again after each refusal. */
  public static Page visitor(Chromium chromium) {
    Page page = chromium.page("en");
    page.addInitScript("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
    return page;
  }

  /** WebAuthn needs a name, not an address. */
  public static String local(String url) {
    return url.replace("127.0.0.1", Authenticator.RP_ID);
  }

  /** Without a user name; the page that comes next is the app's or says why not. */
  public static Page signIn(Page page, TestRealm at) {
    page.navigate(local(at.oidc().authUrl(TestRealm.APP, "&prompt=login")));
    press(page, "#authenticateWebAuthnButton");
    return page;
  }

  /** Signs in with the password, and adds a passkey called Phone. */
  public static void register(Page page, TestRealm at, String email, String password) {
    page.navigate(local(at.oidc().authUrl(TestRealm.APP, "&kc_action=" + REGISTER)));
    Chromium.signIn(page, email, password);
    page.onDialog(dialog -> dialog.accept("Phone"));
    press(page, "#registerWebAuthn");
    code(page);
  }

  /** Once the page's script, which the button is nothing without, has run. */
  public static void press(Page page, String button) {
    page.waitForSelector(button);
    page.waitForLoadState();
    page.click(button);
  }

  /** What the app is given. */
  public static String code(Page page) {
    page.waitForURL(
        "http://app.test/**", new WaitForURLOptions().setWaitUntil(WaitUntilState.COMMIT));
    return new Browser.Stop(200, URI.create(page.url()), "").parameter("code");
  }

  /** The user whom the app's code stands for. */
  public static String userOf(TestRealm at, String code) {
    Oidc here = new Oidc(local(at.oidc().realmUrl()));
    return String.valueOf(
        Oidc.claims(Oidc.tokens(here.code(TestRealm.APP, code)).getAccessToken()).get("sub"));
  }

  public static void assertRefused(Page page) {
    assertThat(page.locator(".pf-v5-c-alert, .alert-error, [id^=input-error]").first()).isVisible();
  }
}

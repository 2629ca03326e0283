// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.MailDrop;
import dev.accesstier.keycloak.tests.support.Oidc;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;

/** Sign-ins that begin elsewhere than at the login form end at the same page. */
@TestInstance(Lifecycle.PER_CLASS)
class OtherSignInsIT {

  private final GateRealm realm = GateRealm.create();
  private final MailDrop mails = new MailDrop();

  @BeforeAll
  void sendMailHere() {
    mails.receiveFrom(realm.realm());
  }

  @AfterAll
  void clean() throws Exception {
    realm.close();
    mails.close();
  }

  private static Map<String, String> newPassword() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("password-new", GateRealm.PASSWORD + " two");
    fields.put("password-confirm", GateRealm.PASSWORD + " two");
    return fields;
  }

  @Test
  void selfRegistrationEndsAtTheDeniedPage() {
    Browser browser = new Browser(realm.base);
    Stop form =
        browser.open(
            realm
                .authUrl("gated", "")
                .replace("/openid-connect/auth?", "/openid-connect/registrations?"));
    String username = "r" + UUID.randomUUID().toString().substring(0, 8);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("username", username);
    fields.put("email", username + "@example.org");
    fields.put("firstName", "Ada");
    fields.put("lastName", "Example");
    fields.put("password", GateRealm.PASSWORD);
    fields.put("password-confirm", GateRealm.PASSWORD);

    Stop stop = browser.submit(form, fields);

    assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
    assertThat(realm.refusals(username))
        .singleElement()
        .satisfies(event -> assertThat(event.getDetails()).containsEntry("user_tier", "public"));
  }

  @Test
  void passwordResetEndsAtTheDeniedPage() throws Exception {
    String user = realm.user("beta");
    Browser browser = new Browser(realm.base);
    Stop login = browser.open(realm.authUrl("gated", ""));
    Stop form = browser.open(login.page().expectFirst("a[href*=reset-credentials]").absUrl("href"));
    browser.submit(form, Map.of("username", user));

    Stop update = browser.open(mails.nextLink());
    Stop stop = browser.submit(update, newPassword());

    assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
  }

  @Test
  void actionTokenEndsAtTheDeniedPage() throws Exception {
    String user = realm.user("beta");
    realm
        .realm()
        .users()
        .get(realm.idOf(user))
        .executeActionsEmail("gated", "http://app.test/gated", 600, List.of("UPDATE_PASSWORD"));
    Browser browser = new Browser(realm.base);

    String link = mails.nextLink();
    Stop confirm = browser.open(link);
    Stop update = browser.open(confirm.page().expectFirst("a[href*=action-token]").absUrl("href"));
    Stop stop = browser.submit(update, newPassword());

    assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
    assertThat(browser.open(realm.authUrl("open", "")).parameter("code")).isEmpty();
    assertThat(new Browser(realm.base).open(link).status())
        .as("the link works once")
        .isEqualTo(400);
  }

  @Nested
  class Brokered {

    private final GateRealm home = GateRealm.create();

    private void link() {
      ClientRepresentation open = home.client("open").toRepresentation();
      open.setRedirectUris(List.of(realm.url("/broker/home/endpoint")));
      home.client("open").update(open);
      IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
      provider.setAlias("home");
      provider.setProviderId("keycloak-oidc");
      provider.setEnabled(true);
      provider.setTrustEmail(true);
      Map<String, String> config = new HashMap<>();
      String oidc = home.url("/protocol/openid-connect");
      config.put("clientId", "open");
      config.put("clientSecret", Oidc.SECRET);
      config.put("clientAuthMethod", "client_secret_post");
      config.put("authorizationUrl", oidc + "/auth");
      config.put("tokenUrl", oidc + "/token");
      config.put("userInfoUrl", oidc + "/userinfo");
      config.put("defaultScope", "openid profile email");
      config.put("issuer", home.url(""));
      config.put("validateSignature", "false");
      provider.setConfig(config);
      try (var created = realm.realm().identityProviders().create(provider)) {
        assertThat(created.getStatus()).as(created.readEntity(String.class)).isEqualTo(201);
      }
    }

    @Test
    void firstAndLaterLoginsEndAtTheDeniedPage() {
      try {
        link();
        String user = home.user("founder");

        Stop first =
            new Browser(realm.base).signIn(realm.authUrl("gated", "&kc_idp_hint=home"), user);
        assertThat(first.isDeniedPage()).as(first.uri() + first.body()).isTrue();

        Stop later =
            new Browser(realm.base).signIn(realm.authUrl("gated", "&kc_idp_hint=home"), user);
        assertThat(later.isDeniedPage()).as(later.uri() + later.body()).isTrue();

        realm.move(user, "alpha");
        Stop promoted =
            new Browser(realm.base).signIn(realm.authUrl("gated", "&kc_idp_hint=home"), user);
        assertThat(promoted.parameter("code")).as(promoted.body()).isNotEmpty();
      } finally {
        home.close();
      }
    }
  }
}

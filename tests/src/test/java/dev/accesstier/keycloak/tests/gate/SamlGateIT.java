// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** No assertion for a user below the tier. */
@TestInstance(Lifecycle.PER_CLASS)
class SamlGateIT {

  private static final String ASSERTION = "Assertion>";

  private final GateRealm realm = GateRealm.create();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private String request(boolean passive) {
    return SamlRequests.redirect(realm, xml(passive));
  }

  private String xml(boolean passive) {
    return SamlRequests.xml(realm, "gated-saml", passive);
  }

  @Test
  void loginShowsTheDeniedPage() {
    Stop stop = new Browser(realm.base).signIn(request(false), realm.user("beta"));

    assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
    assertThat(stop.body()).doesNotContain("SAMLResponse");
  }

  @Test
  void loginOfAnAdmittedUserSendsTheAssertion() {
    Stop stop = new Browser(realm.base).signIn(request(false), realm.user("alpha"));

    assertThat(stop.body()).contains("name=\"SAMLResponse\"");
  }

  @Test
  void loginStartedByKeycloakShowsTheDeniedPage() {
    Stop stop =
        new Browser(realm.base)
            .signIn(realm.url("/protocol/saml/clients/archive"), realm.user("beta"));

    assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
  }

  @Test
  void passiveRequestGetsNoAssertion() {
    Browser browser = new Browser(realm.base);
    browser.signIn(realm.authUrl("open", ""), realm.user("beta"));

    Stop stop = browser.open(request(true));

    String answer =
        new String(
            Base64.getMimeDecoder()
                .decode(stop.page().expectFirst("[name=SAMLResponse]").attr("value")),
            StandardCharsets.UTF_8);
    assertThat(answer).contains("NoPassive").doesNotContain(ASSERTION);
  }

  /** Clients without a browser send user name and password along. */
  @Test
  void enhancedClientGetsNoAssertion() throws Exception {
    assertThat(enhancedClient(realm.user("beta"))).contains("NoPassive").doesNotContain(ASSERTION);
    assertThat(enhancedClient(realm.user("alpha"))).contains(ASSERTION);
  }

  private String enhancedClient(String user) throws Exception {
    String credentials = user + ":" + GateRealm.PASSWORD;
    String soap =
        "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body>"
            + xml(false)
            + "</S:Body></S:Envelope>";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(realm.url("/protocol/saml")))
            .header("Content-Type", "text/xml")
            .header("Accept", "text/html; application/vnd.paos+xml")
            .header("PAOS", "ver=\"urn:liberty:paos:2003-08\"")
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
            .POST(BodyPublishers.ofString(soap))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}

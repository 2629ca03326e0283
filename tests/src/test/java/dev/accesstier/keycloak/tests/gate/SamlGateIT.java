package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.gate.Browser.Stop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** No assertion for a user below the tier. */
@TestInstance(Lifecycle.PER_CLASS)
class SamlGateIT {

  private final GateRealm realm = GateServer.newRealm();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private String request(boolean passive) throws IOException {
    String xml =
        """
        <samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
            xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_%s" Version="2.0"
            IssueInstant="%s" Destination="%s" IsPassive="%s"
            AssertionConsumerServiceURL="http://app.test/saml">
          <saml:Issuer>gated-saml</saml:Issuer>
        </samlp:AuthnRequest>
        """
            .formatted(UUID.randomUUID(), Instant.now(), realm.url("/protocol/saml"), passive);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var deflated = new DeflaterOutputStream(bytes, new Deflater(9, true))) {
      deflated.write(xml.getBytes(StandardCharsets.UTF_8));
    }
    return realm.url("/protocol/saml?SAMLRequest=")
        + URLEncoder.encode(
            Base64.getEncoder().encodeToString(bytes.toByteArray()), StandardCharsets.UTF_8);
  }

  @Test
  void loginShowsTheDeniedPage() throws IOException {
    Stop stop = new Browser(realm.base).signIn(request(false), realm.user("beta"));

    assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
    assertThat(stop.body()).doesNotContain("SAMLResponse");
  }

  @Test
  void loginOfAnAdmittedUserSendsTheAssertion() throws IOException {
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
  void passiveRequestGetsNoAssertion() throws IOException {
    Browser browser = new Browser(realm.base);
    browser.signIn(realm.authUrl("open", ""), realm.user("beta"));

    Stop stop = browser.open(request(true));

    String answer =
        new String(
            Base64.getMimeDecoder()
                .decode(stop.page().expectFirst("[name=SAMLResponse]").attr("value")),
            StandardCharsets.UTF_8);
    assertThat(answer).contains("NoPassive").doesNotContain("Assertion>");
  }
}

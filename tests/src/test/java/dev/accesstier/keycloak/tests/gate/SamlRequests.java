// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** SAML requests as an app sends them. */
final class SamlRequests {

  private SamlRequests() {}

  /** The address that an app sends the browser to. */
  static String login(GateRealm realm, String client) {
    return redirect(realm, xml(realm, client, false));
  }

  static String redirect(GateRealm realm, String xml) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var deflated = new DeflaterOutputStream(bytes, new Deflater(9, true))) {
      deflated.write(xml.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return realm.url("/protocol/saml?SAMLRequest=")
        + URLEncoder.encode(
            Base64.getEncoder().encodeToString(bytes.toByteArray()), StandardCharsets.UTF_8);
  }

  static String xml(GateRealm realm, String client, boolean passive) {
    return """
        <samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
            xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_%s" Version="2.0"
            IssueInstant="%s" Destination="%s" IsPassive="%s"
            AssertionConsumerServiceURL="http://app.test/saml">
          <saml:Issuer>%s</saml:Issuer>
        </samlp:AuthnRequest>
        """
        .formatted(UUID.randomUUID(), Instant.now(), realm.url("/protocol/saml"), passive, client);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/** Mapper {@code saml-access-tier-mapper}. */
final class SamlClaimIT {

  private static final Fixture.User FOUNDER = Fixture.known().user("founder-user");

  @Test
  void theAssertionCarriesTierAndLevel() {
    try (TestRealm realm = TestRealm.create()) {
      realm.add(client());
      Browser.Stop stop =
          new Browser(TestServer.shared().keycloak().baseUrl())
              .signIn(
                  realm.oidc().realmUrl() + "/protocol/saml/clients/wiki",
                  FOUNDER.email(),
                  FOUNDER.knownPassword());
      String encoded = stop.page().expectFirst("[name=SAMLResponse]").attr("value");
      Document response =
          Jsoup.parse(
              new String(Base64.getMimeDecoder().decode(encoded), StandardCharsets.UTF_8),
              "",
              Parser.xmlParser());
      assertThat(attribute(response, "tier")).isEqualTo("founder");
      assertThat(attribute(response, "tier_level")).isEqualTo("4");
    }
  }

  private static String attribute(Document response, String name) {
    return response.expectFirst("saml|Attribute[Name=" + name + "] > saml|AttributeValue").text();
  }

  private static ClientRepresentation client() {
    ClientRepresentation client = TestRealm.client("wiki");
    client.setProtocol("saml");
    client.setRedirectUris(List.of("http://app.test/saml"));
    client.setAttributes(
        new HashMap<>(
            Map.of(
                "saml_idp_initiated_sso_url_name", "wiki",
                "saml_assertion_consumer_url_post", "http://app.test/saml",
                "saml.client.signature", "false")));
    ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
    mapper.setName("tier");
    mapper.setProtocol("saml");
    mapper.setProtocolMapper("saml-access-tier-mapper");
    mapper.setConfig(
        Map.of(
            "attribute.name", "tier",
            "attribute.nameformat", "Basic",
            "level.attribute.name", "tier_level"));
    client.setProtocolMappers(List.of(mapper));
    return client;
  }
}

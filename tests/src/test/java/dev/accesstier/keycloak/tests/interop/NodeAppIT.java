// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The libraries that browser apps use, at an app of the realm file. */
@Needs(Needs.Tool.NODE)
@ExtendWith(NodeModules.class)
@TestInstance(Lifecycle.PER_CLASS)
final class NodeAppIT {

  private static final String APP = "todo";
  private static final Fixture.User USER = Fixture.known().user("alpha-admin");

  private final ManaRealm realm = new ManaRealm();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"openid-client", "oidc-client-ts"})
  void signsInRenewsIsRefusedAndSignsOut(String library) throws IOException {
    Browser browser = new Browser(TestServer.shared().keycloak().baseUrl());
    String callback = realm.callback(APP);
    String afterLogout = callback.replace("auth/callback", "");
    Map<String, String> app =
        Map.of(
            "ISSUER", realm.url(""),
            "CLIENT_ID", APP,
            "REDIRECT_URI", callback,
            "AFTER_LOGOUT", afterLogout);
    try (NodeApp node = new NodeApp(library, app)) {
      String signIn = node.next().get("open").asText();
      node.tell(browser.signIn(signIn, USER.email(), USER.knownPassword()).uri());
      assertClaims(node.next());
      assertClaims(node.next());

      require("founder");
      try {
        node.tell("go on");
        JsonNode refused = node.next();
        assertThat(refused.get("error").asText()).as(refused.toString()).isEqualTo("access_denied");
        assertThat(refused.get("description").asText()).isNotBlank();
      } finally {
        require("beta");
      }

      node.tell(browser.open(node.next().get("open").asText()).uri());
      assertThat(node.next().get("end").asText()).startsWith(afterLogout);
      assertThat(browser.open(realm.signIn(APP)).page().selectFirst("#username"))
          .as("asked for the password again")
          .isNotNull();
    }
  }

  private void require(String tier) {
    realm.change(APP, client -> client.getAttributes().put("access.tier.required", tier));
  }

  private static void assertClaims(JsonNode seen) {
    assertThat(seen.at("/shown/mayTry").asBoolean()).isTrue();
    assertThat(seen.at("/shown/apps").toString()).contains('"' + APP + '"');
    for (String place : List.of("idToken", "userInfo", "accessToken")) {
      JsonNode claims = seen.get(place);
      assertThat(claims.path("sub").asText()).as("%s of %s", place, seen).isEqualTo(USER.id());
      assertThat(claims.path("tier").asText()).isEqualTo(USER.tier());
      assertThat(claims.path("access_tier").asText()).isEqualTo(USER.tier());
      assertThat(claims.path("role").asText()).isEqualTo(USER.role());
    }
  }
}

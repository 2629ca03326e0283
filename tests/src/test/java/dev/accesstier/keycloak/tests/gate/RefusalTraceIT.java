// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;

/** What admins learn of the gate beside events: a counter, and warnings of a realm half set up. */
@TestInstance(Lifecycle.PER_CLASS)
class RefusalTraceIT {

  private final GateRealm realm = GateRealm.create();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void refusalsAreCountedByClientAndWay() throws Exception {
    String user = realm.user("beta");

    realm.password("gated", user, "openid");
    realm.password("gated", user, "openid");
    new Browser(realm.base).signIn(realm.authUrl("gated", ""), user);

    assertThat(counted("gated", "password")).isEqualTo(2);
    assertThat(counted("gated", "browser")).isEqualTo(1);
    assertThat(counted("open", "password")).isZero();
  }

  @Test
  void unknownRequiredTierIsWarnedOfOnce() {
    realm.password("misspelt", realm.user("founder"), "openid");
    realm.password("misspelt", realm.user("founder"), "openid");

    assertThat(warnings(realm, "closed to everyone"))
        .singleElement()
        .asString()
        .contains("Client misspelt", "'alhpa'");
  }

  @Test
  void completeRealmIsNotWarnedOf() {
    realm.password("gated", realm.user("alpha"), "openid");

    assertThat(warnings(realm, "has clients with a required tier")).isEmpty();
  }

  @Nested
  class WithoutTheHooks {

    private final GateRealm bare = GateRealm.create();

    @BeforeEach
    void switchOff() {
      var action = bare.realm().flows().getRequiredAction("access-tier-gate");
      action.setEnabled(false);
      bare.realm().flows().updateRequiredAction("access-tier-gate", action);
      ClientPoliciesRepresentation none = new ClientPoliciesRepresentation();
      none.setPolicies(List.of());
      bare.realm().clientPoliciesPoliciesResource().updatePolicies(none);
    }

    @Test
    void eachIsWarnedOfOnce() {
      try (bare) {
        bare.password("gated", bare.user("alpha"), "openid");
        bare.password("gated", bare.user("alpha"), "openid");

        assertThat(warnings(bare, "required action access-tier-gate is off")).hasSize(1);
        assertThat(warnings(bare, "no client policy with the executor access-tier-userinfo"))
            .hasSize(1);
      }
    }

    @Test
    void aCodeIsWorthNothing() {
      try (bare) {
        String user = bare.user("beta");
        String code =
            new Browser(bare.base).signIn(bare.authUrl("gated", ""), user).parameter("code");
        assertThat(code).isNotEmpty();

        var response = bare.oidc().code("gated", code);

        assertThat(response.getStatusCode()).isEqualTo(400);
        assertThat(response.getBody()).contains("\"access_denied\"");
      }
    }
  }

  private static List<String> warnings(GateRealm in, String text) {
    Stream<String> lines = TestServer.shared().keycloak().log().lines();
    return lines
        .filter(line -> line.contains(" WARN ") && line.contains(in.name) && line.contains(text))
        .toList();
  }

  /** Steps of the counter for this realm, as Prometheus would read them. */
  private double counted(String client, String way) throws IOException, InterruptedException {
    URI metrics = URI.create(TestServer.shared().keycloak().managementUrl() + "/metrics");
    String text =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
            .body();
    return text.lines()
        .filter(line -> line.startsWith("access_tier_refusals_total{"))
        .filter(line -> line.contains("client=\"" + client + '"'))
        .filter(line -> line.contains("realm=\"" + realm.name + '"'))
        .filter(line -> line.contains("way=\"" + way + '"'))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}

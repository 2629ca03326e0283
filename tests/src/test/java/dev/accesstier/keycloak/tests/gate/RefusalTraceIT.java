// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;

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

    assertThat(Refused.counted(realm, "gated", "password")).isEqualTo(2);
    assertThat(Refused.counted(realm, "gated", "browser")).isEqualTo(1);
    assertThat(Refused.counted(realm, "open", "password")).isZero();
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

  @Test
  void aHookThatIsSwitchedOffLaterIsWarnedOf() {
    try (GateRealm other = GateRealm.create()) {
      String user = other.user("alpha");
      other.password("gated", user, "openid");
      var action = other.realm().flows().getRequiredAction("access-tier-gate");
      action.setEnabled(false);
      other.realm().flows().updateRequiredAction("access-tier-gate", action);

      other.password("gated", user, "openid");

      assertThat(warnings(other, "required action access-tier-gate is off")).hasSize(1);
    }
  }

  /** Keycloak takes one without executors, and hands it out without the list. */
  @Test
  void aClientProfileWithoutExecutorsHarmsNothing() {
    try (GateRealm other = GateRealm.create()) {
      var profiles = other.realm().clientPoliciesProfilesResource().getProfiles(false);
      ClientProfileRepresentation empty = new ClientProfileRepresentation();
      empty.setName("empty");
      profiles.getProfiles().add(0, empty);
      other.realm().clientPoliciesProfilesResource().updateProfiles(profiles);

      assertThat(other.password("gated", other.user("alpha"), "openid").getStatusCode())
          .isEqualTo(200);
      assertThat(other.status()).contains("\"userinfoPolicy\":true");
    }
  }

  /** A realm file may call the action what it likes; Keycloak looks it up by that. */
  @Test
  void theActionCountsUnderAnotherAlias() {
    try (GateRealm other = GateRealm.create()) {
      var action = other.realm().flows().getRequiredAction("access-tier-gate");
      action.setAlias("gate-of-ours");
      other.realm().flows().updateRequiredAction("access-tier-gate", action);

      var stop = new Browser(other.base).signIn(other.authUrl("gated", ""), other.user("beta"));

      assertThat(stop.isDeniedPage()).as(stop.toString()).isTrue();
      assertThat(new Browser(other.base).signIn(other.authUrl("gated", ""), other.user("alpha")))
          .satisfies(open -> assertThat(open.parameter("code")).isNotEmpty());
      other.password("gated", other.user("alpha"), "openid");
      assertThat(warnings(other, "required action access-tier-gate is off")).isEmpty();
    }
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
}

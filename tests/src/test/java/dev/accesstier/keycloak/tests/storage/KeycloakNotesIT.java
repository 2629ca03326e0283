// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.ResourceOwnerPasswordCredentialsGrant;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.WebApplicationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Keycloak notes for itself among the attributes of federated users is none of their
 * attributes, in a realm whose admins may edit every attribute.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class KeycloakNotesIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create("keycloak_notes", Map.of(), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void aRevokedOfflineTokenStaysRevokedAfterAnEdit() {
    SampleUser user = realm.add("Off Line");
    RefreshToken offline =
        Oidc.tokens(
                realm
                    .realm()
                    .oidc()
                    .grant(
                        TestRealm.APP,
                        new ResourceOwnerPasswordCredentialsGrant(
                            user.email(), new Secret(WritableRealm.PASSWORD)),
                        "openid offline_access"))
            .getRefreshToken();
    assertThat(refresh(offline)).isEqualTo(200);
    // Tokens of the second of the revocation still count.
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              realm.resource(user.email()).logout();
              return refresh(offline) == 400;
            });

    assertThat(realm.resource(user.email()).toRepresentation().getAttributes())
        .containsOnlyKeys("access_tier");
    assertThat(realm.resource(user.email()).getUnmanagedAttributes())
        .doesNotContainKey("fedNotBefore");
    realm.change(
        user.email(), rep -> rep.setAttributes(new HashMap<>(Map.of("team", List.of("blue")))));
    realm.change(user.email(), rep -> rep.setAttributes(new HashMap<>()));
    realm.realm().realm().clearUserCache();

    assertThat(refresh(offline)).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fedNotBefore", "ENABLED", "EMAIL_VERIFIED"})
  void noneOfThemCanBeWrittenOrLookedFor(String name) {
    SampleUser user = realm.add("No Note");
    realm.change(user.email(), rep -> rep.setEnabled(false));
    WebApplicationException refused =
        catchThrowableOfType(
            WebApplicationException.class,
            () ->
                realm.change(
                    user.email(),
                    rep -> rep.setAttributes(new HashMap<>(Map.of(name, List.of("true"))))));
    assertThat(refused.getResponse().getStatus()).isEqualTo(400);
    assertThat(refused.getResponse().readEntity(String.class))
        .contains(name + " is kept by Keycloak itself");
    AdminApi api =
        new AdminApi(
            TestServer.shared().keycloak().baseUrl(),
            realm.realm().name(),
            TestServer.shared().admin());
    assertThat(api.users("q=" + name + ":false")).isEmpty();
    assertThat(realm.resource(user.email()).toRepresentation().isEnabled()).isFalse();
  }

  private int refresh(RefreshToken token) {
    return realm.realm().oidc().refresh(TestRealm.APP, token).getStatusCode();
  }
}

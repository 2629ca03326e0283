// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.KeycloakPasskeys;
import dev.accesstier.keycloak.tests.support.SessionCookies;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.IdentityProviderRepresentation;

/** Makes the realm beside a Better Auth: writable, with all that is shared switched on. */
final class RealmBeside {

  /** Alias of an identity provider here, name of a provider there. */
  static final String GOOGLE = "google";

  /** Keycloak may know a user for so long without asking the database; short, to await it. */
  private static final String CACHED_MILLIS = "1000";

  private RealmBeside() {}

  /** Over the schema in that database. */
  static TestRealm create(String database) {
    TestRealm realm =
        TestRealm.create(
            Map.of(
                "jdbcUrl",
                TestServer.shared().postgres().jdbcUrl(database),
                "username",
                PostgresServer.USER,
                "maxLifespan",
                CACHED_MILLIS,
                "editMode",
                "WRITABLE"),
            rep -> {
              rep.setRegistrationAllowed(true);
              rep.setResetPasswordAllowed(true);
              rep.setAttributes(Map.of("access.tier.mailed-links", "all"));
              rep.setIdentityProviders(List.of(google()));
              KeycloakPasskeys.enable(rep);
            });
    // As the shipped realm has it: a single name is a whole one.
    var profile = realm.realm().users().userProfile().getConfiguration();
    profile.getAttribute("lastName").setRequired(null);
    realm.realm().users().userProfile().update(profile);
    SessionCookies.take(realm.realm());
    KeycloakPasskeys.allowRegistration(realm);
    return realm;
  }

  /** It is only linked with, never spoken to. */
  private static IdentityProviderRepresentation google() {
    IdentityProviderRepresentation google = new IdentityProviderRepresentation();
    google.setAlias(GOOGLE);
    google.setProviderId(GOOGLE);
    google.setEnabled(true);
    google.setConfig(Map.of("clientId", "nobody", "clientSecret", "nothing"));
    return google;
  }
}

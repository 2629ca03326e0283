// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.schema.AuthApplications;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * The apps in the databases of a realm.
 *
 * @param found by client id; of several databases the first that has one counts
 * @param elsewhere client ids that another database has as well
 * @param anyTable whether one of the databases has a table of them that may be read
 * @param authorizationCodes rows of {@code oauth_authorization_codes}, which are of no use here
 */
public record OldApplications(
    Map<String, Found> found, List<String> elsewhere, boolean anyTable, long authorizationCodes) {

  /** One of them, not yet checked. */
  public record Found(AuthApplications.Row row, SecretCipher cipher) {}

  /**
   * Reads those of all enabled components.
   *
   * @throws AuthDatabaseException when a database cannot be used
   */
  public static OldApplications in(KeycloakSession session, RealmModel realm) {
    Map<String, Found> found = new LinkedHashMap<>();
    List<String> elsewhere = new ArrayList<>();
    boolean anyTable = false;
    long codes = 0;
    for (AuthComponent component : AuthComponents.enabledIn(session, realm).toList()) {
      Optional<List<AuthApplications.Row>> rows = AuthApplications.of(component.database());
      anyTable |= rows.isPresent();
      codes += AuthApplications.authorizationCodes(component.database());
      SecretCipher cipher = cipher(component);
      for (AuthApplications.Row row : rows.orElse(List.of())) {
        if (found.putIfAbsent(row.clientId(), new Found(row, cipher)) != null) {
          elsewhere.add(row.clientId());
        }
      }
    }
    return new OldApplications(found, elsewhere, anyTable, codes);
  }

  private static SecretCipher cipher(AuthComponent component) {
    String secret = component.betterAuthSecret();
    return new SecretCipher(
        secret == null ? BetterAuthSecrets.NONE : BetterAuthSecrets.parse(secret));
  }

  /** Whether there are so many that none is looked at. */
  public boolean areTooMany() {
    return found.size() > AuthApplications.MOST;
  }
}

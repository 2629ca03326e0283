// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * The ids of components, which are part of their users' ids. Keycloak's own storage takes two forms
 * and warns at every write about a user whose id has another.
 */
public final class ComponentIds {

  private static final Pattern TAKEN =
      Pattern.compile("[\\w-]{22}|\\p{XDigit}{8}-(\\p{XDigit}{4}-){3}\\p{XDigit}{12}");

  private ComponentIds() {}

  /**
   * Gives a new component an id, or looks at the one it brings.
   *
   * @param before null: the component is new
   * @throws ComponentValidationException when a new component may not have that id
   */
  public static void settle(@Nullable ComponentModel before, ComponentModel saved) {
    if (saved.getId() == null) {
      // WebAuthn has room for 64 bytes of user id: a UUID would be too long for passkeys.
      saved.setId(KeycloakModelUtils.generateShortId());
    } else if (before == null && !isTaken(saved.getId())) {
      throw new ComponentValidationException(
          "The id of the component must be 22 characters of 0-9, A-Z, a-z, - and _, or a UUID.");
    }
  }

  public static boolean isTaken(String id) {
    return TAKEN.matcher(id).matches();
  }
}

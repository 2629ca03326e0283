// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;

/**
 * What a component says of its connection. Server and component each have a whole one: what an
 * admin of the server has given goes to no place that an admin of a realm has named.
 */
public record OwnConnection(ComponentModel component) {

  private static final String PASSWORD_AGAIN =
      "%s leads to another database than before: give the password of that one. If it is the same"
          + " password, save the component disabled and without it first.";

  /** The component's value of an option, null where it has none. */
  static @Nullable String value(ComponentModel component, Option option) {
    String value = component.getConfig().getFirst(option.key());
    return value == null || value.isBlank() ? null : value.trim();
  }

  /** Whether there is one: nothing but the URL is then still taken from the server. */
  boolean isGiven() {
    return value(Option.JDBC_URL) != null
        || value(Option.USERNAME) != null
        || value(Option.PASSWORD) != null;
  }

  @Nullable String value(Option option) {
    return value(component, option);
  }

  /**
   * Refuses a password that was given for another database. A stored one is not shown to admins,
   * and a server that they name could ask for it.
   *
   * @throws ComponentValidationException when it has to be given anew
   */
  public void checkPassword(OwnConnection before) {
    String password = value(Option.PASSWORD);
    if (password != null
        && password.equals(before.value(Option.PASSWORD))
        && !before.places().containsAll(places())) {
      throw new ComponentValidationException(PASSWORD_AGAIN.formatted(Option.JDBC_URL.label()));
    }
  }

  private Set<OwnUrl.Place> places() {
    try {
      return Optional.ofNullable(value(Option.JDBC_URL))
          .map(url -> OwnUrl.parse(url).places())
          .orElse(Set.of());
    } catch (ComponentValidationException e) {
      // One of an earlier version, which nobody connects to any more.
      return Set.of();
    }
  }
}

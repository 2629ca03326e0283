// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.matrix.MatrixBots;
import dev.accesstier.keycloak.matrix.MatrixLinks;
import dev.accesstier.keycloak.tier.UserTiers;
import jakarta.ws.rs.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.storage.StorageId;

/** A bot that asks for the person behind a Matrix account. */
public record MatrixBot(BearerCaller caller) {

  /**
   * The person.
   *
   * @param id of {@code auth.users}
   * @param enabled whether the person may sign in
   */
  public record Person(
      String id, @Nullable String email, String name, String accessTier, boolean enabled) {}

  /** The caller, whose token must be of a bot's service account. */
  public static MatrixBot require(KeycloakSession session, String... methods) {
    BearerCaller caller = BearerCaller.require(session, methods);
    if (!is(caller)) {
      throw caller.insufficientScope(
          "The token must be of a service account with the role "
              + MatrixBots.ROLE
              + " of "
              + MatrixBots.CLIENT,
          methods);
    }
    return new MatrixBot(caller);
  }

  /** Whether a caller is one: the token says so, and it is so. */
  public static boolean is(BearerCaller caller) {
    AccessToken.Access said = caller.token().getResourceAccess(MatrixBots.CLIENT);
    return caller.client().getId().equals(caller.user().getServiceAccountClientLink())
        && said != null
        && said.isUserInRole(MatrixBots.ROLE)
        && MatrixBots.include(caller.session(), caller.client());
  }

  /** Whose account it is; notes that somebody asked. */
  public Person person(String matrixUserId) {
    MatrixLinks.Owner owner =
        new MatrixLinks(caller.session())
            .owner(matrixUserId)
            .orElseThrow(() -> new NotFoundException("This Matrix account is linked to nobody"));
    owner.touch();
    UserModel user = owner.user();
    UserTiers tiers = new UserTiers(caller.session());
    return new Person(
        StorageId.externalId(user.getId()),
        user.getEmail(),
        (user.getFirstName() + " " + (user.getLastName() == null ? "" : user.getLastName()))
            .strip(),
        tiers.tierOf(caller.realm(), user).value(),
        user.isEnabled() && !tiers.isDeleted(caller.realm(), user));
  }
}

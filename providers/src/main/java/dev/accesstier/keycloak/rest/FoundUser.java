// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.schema.AuthComponents;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.storage.StorageId;

/** Finds the user an id speaks of: Keycloak's id, or else the one in {@code auth.users}. */
final class FoundUser {

  static final String AMBIGUOUS = "Users of several components have this id; use Keycloak's";

  private static final Pattern FEDERATED = Pattern.compile("f:[^:]+:.+", Pattern.DOTALL);

  private FoundUser() {}

  /**
   * Empty where nobody has it.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 409 when users of two
   *     components have it
   */
  static Optional<UserModel> byId(KeycloakSession session, RealmModel realm, String id) {
    if (!isPossible(id)) {
      return Optional.empty();
    }
    UserModel own = session.users().getUserById(realm, id);
    if (own != null) {
      return Optional.of(own);
    }
    if (!StorageId.isLocalStorage(id)) {
      return Optional.empty();
    }
    List<UserModel> found =
        AuthComponents.of(session, realm)
            .map(component -> new StorageId(component.id(), id).getId())
            .map(keycloakId -> session.users().getUserById(realm, keycloakId))
            .filter(Objects::nonNull)
            .toList();
    if (found.size() > 1) {
      throw ErrorResponse.error(AMBIGUOUS, Status.CONFLICT);
    }
    return found.stream().findFirst();
  }

  /** PostgreSQL knows no text with a NUL, and Keycloak no federated id without its two parts. */
  private static boolean isPossible(String id) {
    return id.indexOf('\0') < 0 && (!id.startsWith("f:") || FEDERATED.matcher(id).matches());
  }

  /** For an admin: who may not ask for users at all does not learn whether there is one. */
  static UserModel byId(Admin admin, String id) {
    return byId(admin.session(), admin.realm(), id)
        .orElseThrow(
            () ->
                admin.may().users().canQuery()
                    ? new NotFoundException("User not found")
                    : new ForbiddenException());
  }
}

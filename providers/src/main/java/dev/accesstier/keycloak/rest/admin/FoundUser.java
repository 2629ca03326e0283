// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.component.AuthComponents;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/** Whom an id speaks of. It is Keycloak's id, or else the one in {@code auth.users}. */
public sealed interface FoundUser {

  Pattern FEDERATED = Pattern.compile("f:[^:]+:.+", Pattern.DOTALL);

  record One(UserModel user) implements FoundUser {}

  record None() implements FoundUser {}

  /** Users of several components have the same id in {@code auth.users}. */
  record Several() implements FoundUser {}

  static FoundUser byId(KeycloakSession session, RealmModel realm, String id) {
    if (!isPossible(id)) {
      return new None();
    }
    UserModel own = session.users().getUserById(realm, id);
    if (own != null) {
      return new One(own);
    }
    if (!StorageId.isLocalStorage(id)) {
      return new None();
    }
    List<UserModel> found =
        AuthComponents.enabledIn(session, realm)
            .map(component -> new StorageId(component.id(), id).getId())
            .map(keycloakId -> session.users().getUserById(realm, keycloakId))
            .filter(Objects::nonNull)
            .toList();
    return found.size() > 1
        ? new Several()
        : found.stream().findFirst().<FoundUser>map(One::new).orElseGet(None::new);
  }

  /** PostgreSQL knows no text with a NUL, and Keycloak no federated id without its two parts. */
  private static boolean isPossible(String id) {
    return id.indexOf('\0') < 0 && (!id.startsWith("f:") || FEDERATED.matcher(id).matches());
  }

  /** For an admin: who may not ask for users at all does not learn whether there is one. */
  static UserModel byId(AdminRequest admin, String id) {
    return byId(admin.session(), admin.realm(), id).orNone().orElseThrow(() -> nobody(admin));
  }

  /** What to answer where there is none. */
  static WebApplicationException nobody(AdminRequest admin) {
    return admin.may().mayAskForUsers()
        ? ApiError.USER_NOT_FOUND.exception()
        : new ForbiddenException();
  }

  /**
   * Empty where nobody has the id.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 409 when several have it
   */
  default Optional<UserModel> orNone() {
    if (this instanceof Several) {
      throw ApiError.AMBIGUOUS_ID.exception();
    }
    return this instanceof One one ? Optional.of(one.user()) : Optional.empty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.schema.AuthMatrixLinks;
import dev.accesstier.keycloak.schema.AuthMatrixLinks.Link;
import dev.accesstier.keycloak.schema.AuthMatrixLinks.Made;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/**
 * Which Matrix accounts are whose, in a realm.
 *
 * <p>Every method throws {@link TemporarilyUnavailableException} when a database cannot be used.
 */
public final class MatrixLinks {

  private final KeycloakSession session;
  private final RealmModel realm;

  public MatrixLinks(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
  }

  /** Somebody's links, the newest first; empty for users of another storage. */
  public List<Link> of(UserModel user) {
    return TemporarilyUnavailableException.unless(
        session,
        () ->
            AuthComponents.enabledOf(session, realm, user)
                .map(component -> links(component).of(StorageId.externalId(user.getId())))
                .orElse(List.of()));
  }

  /**
   * Where a user's links are kept.
   *
   * @return empty for users of another storage, and where the database has no table for links
   */
  public Optional<Keeper> keeper(UserModel user) {
    return TemporarilyUnavailableException.unless(
        session,
        () ->
            AuthComponents.enabledOf(session, realm, user)
                .filter(component -> links(component).areThere())
                .map(component -> new Keeper(user, component)));
  }

  /** Whose account it is, whichever component the user belongs to. */
  public Optional<Owner> owner(String matrixUserId) {
    return MatrixId.parse(matrixUserId)
        .flatMap(
            id ->
                TemporarilyUnavailableException.unless(
                    session,
                    () ->
                        AuthComponents.enabledIn(session, realm)
                            .flatMap(component -> owner(component, id.value()).stream())
                            .findFirst()));
  }

  private Optional<Owner> owner(AuthComponent component, String matrixUserId) {
    return links(component)
        .find(matrixUserId)
        .flatMap(
            link ->
                Optional.ofNullable(
                        session
                            .users()
                            .getUserById(
                                realm, new StorageId(component.id(), link.userId()).getId()))
                    .map(user -> new Owner(link, user, component)));
  }

  /** Links an account that its homeserver vouches for by the local part of the user's address. */
  public void linkByEmail(UserModel user, String server) {
    String email = user.getEmail();
    if (email == null || !user.isEmailVerified()) {
      return;
    }
    String local = email.substring(0, Math.max(0, email.indexOf('@'))).toLowerCase(Locale.ROOT);
    MatrixId.parse("@" + local + ":" + server)
        .ifPresent(
            id ->
                TemporarilyUnavailableException.unless(
                    session,
                    () -> {
                      AuthComponents.enabledOf(session, realm, user)
                          .filter(AuthComponent::writable)
                          .map(MatrixLinks::links)
                          .ifPresent(
                              links ->
                                  links.putWhereUnique(
                                      id.value(), StorageId.externalId(user.getId())));
                      return id;
                    }));
  }

  /** Whether a text is an id of Matrix at all. */
  public static boolean isId(String text) {
    return MatrixId.parse(text).isPresent();
  }

  private static AuthMatrixLinks links(AuthComponent component) {
    return new AuthMatrixLinks(component.database());
  }

  /** A user whose links can be kept. */
  public final class Keeper {

    private final UserModel user;
    private final AuthComponent component;

    private Keeper(UserModel user, AuthComponent component) {
      this.user = user;
      this.component = component;
    }

    /** Whether links can be made and removed. */
    public boolean isWritable() {
      return component.writable();
    }

    /** Whether a link is this user's. */
    public boolean owns(Link link) {
      return link.userId().equals(StorageId.externalId(user.getId()));
    }

    /** Links an account that nobody has; empty where the user is gone. */
    public Optional<Made> put(String matrixUserId) {
      return TemporarilyUnavailableException.unless(
          session, () -> links(component).put(matrixUserId, StorageId.externalId(user.getId())));
    }

    /** Removes a link of this user; false where there is none. */
    public boolean remove(String matrixUserId) {
      return TemporarilyUnavailableException.unless(
          session,
          () -> {
            AuthMatrixLinks links = links(component);
            boolean own = links.find(matrixUserId).filter(this::owns).isPresent();
            if (own) {
              links.delete(matrixUserId);
            }
            return own;
          });
    }
  }

  /** The person behind a Matrix account. */
  public final class Owner {

    private final Link link;
    private final UserModel user;
    private final AuthComponent component;

    private Owner(Link link, UserModel user, AuthComponent component) {
      this.link = link;
      this.user = user;
      this.component = component;
    }

    public UserModel user() {
      return user;
    }

    /** Notes that a bot asked, where the schema is written. */
    public void touch() {
      if (component.writable()) {
        TemporarilyUnavailableException.unless(
            session,
            () -> {
              links(component).touch(link.matrixUserId());
              return link;
            });
      }
    }
  }
}

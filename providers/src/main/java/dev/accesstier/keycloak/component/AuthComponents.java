// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.schema.SessionUsers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderModel;

/**
 * Finds the components with a schema. A user storage provider factory that implements it is asked
 * for its components' databases.
 */
public interface AuthComponents {

  /** Provider id, in realm files and in the server's options. */
  String PROVIDER_ID = "auth-schema";

  /** What this request reads of the component's users; the same for all who ask. */
  SessionUsers users(KeycloakSession session, ComponentModel component);

  /**
   * What this request reads of the users of the realm's enabled components, by the component's id,
   * in the order in which Keycloak asks them.
   */
  static Map<String, SessionUsers> users(KeycloakSession session, RealmModel realm) {
    Map<String, SessionUsers> users = new LinkedHashMap<>();
    realm
        .getStorageProviders(UserStorageProvider.class)
        .map(UserStorageProviderModel::new)
        .filter(UserStorageProviderModel::isEnabled)
        .sorted(UserStorageProviderModel.comparator)
        .forEach(
            component ->
                factory(session, component)
                    .ifPresent(
                        factory ->
                            users.put(component.getId(), factory.users(session, component))));
    return users;
  }

  /**
   * What the component's configuration says.
   *
   * @throws AuthDatabaseException when the configuration is of no use; it has been logged
   */
  AuthComponent component(KeycloakSession session, ComponentModel component);

  /** The realm's enabled components, in the order in which Keycloak asks them. */
  static Stream<AuthComponent> enabledIn(KeycloakSession session, RealmModel realm) {
    return realm
        .getStorageProviders(UserStorageProvider.class)
        .map(UserStorageProviderModel::new)
        .filter(UserStorageProviderModel::isEnabled)
        .sorted(UserStorageProviderModel.comparator)
        .flatMap(component -> of(session, component).stream());
  }

  /** The component a user belongs to; empty for users of another storage or a disabled one. */
  static Optional<AuthComponent> enabledOf(
      KeycloakSession session, RealmModel realm, UserModel user) {
    return enabledOf(session, realm, user.getId());
  }

  /** Likewise, by Keycloak's id of a user who may be gone. */
  static Optional<AuthComponent> enabledOf(
      KeycloakSession session, RealmModel realm, String userId) {
    StorageId id = new StorageId(userId);
    return Optional.ofNullable(id.isLocal() ? null : realm.getComponent(id.getProviderId()))
        .filter(component -> new UserStorageProviderModel(component).isEnabled())
        .flatMap(component -> of(session, component));
  }

  /** Whether the realm has a component of that id with a schema. */
  static boolean isOne(KeycloakSession session, RealmModel realm, String componentId) {
    ComponentModel component = realm.getComponent(componentId);
    return component != null && factory(session, component).isPresent();
  }

  /** What the component is, enabled or not; empty when it is of another kind. */
  static Optional<AuthComponent> of(KeycloakSession session, ComponentModel component) {
    return factory(session, component).map(factory -> factory.component(session, component));
  }

  private static Optional<AuthComponents> factory(
      KeycloakSession session, ComponentModel component) {
    return session
                .getKeycloakSessionFactory()
                .getProviderFactory(UserStorageProvider.class, component.getProviderId())
            instanceof AuthComponents components
        ? Optional.of(components)
        : Optional.empty();
  }
}

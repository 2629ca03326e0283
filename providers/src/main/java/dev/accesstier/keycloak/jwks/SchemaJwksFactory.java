// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.jwks;

import java.util.List;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.keys.KeyProvider;
import org.keycloak.keys.KeyProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * Key provider {@code auth-schema-jwks}: the public keys of table {@code jwks} of every enabled
 * {@code auth-schema} component of the realm, in the realm's JWKS. Keycloak trusts none of them,
 * unless an admin has it sign with them.
 */
public final class SchemaJwksFactory implements KeyProviderFactory<KeyProvider> {

  /** Provider id, in realm files. */
  public static final String ID = "auth-schema-jwks";

  private static final String ACTIVE = "active";

  private final Snapshots snapshots = new Snapshots();

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getHelpText() {
    return "Publishes the keys with which Better Auth signed JWTs. Keycloak accepts nothing signed"
        + " with them, unless it signs with them itself.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return List.of(
        new ProviderConfigProperty(
            ACTIVE,
            "Sign with them",
            "Keycloak signs with the newest key for clients whose signature algorithm is that key's."
                + " Whoever has the Better Auth secret can then sign as this realm.",
            ProviderConfigProperty.BOOLEAN_TYPE,
            "false"));
  }

  /** Whether Keycloak signs with one of the keys. */
  static boolean isActive(ComponentModel component) {
    return component.get(ACTIVE, false);
  }

  @Override
  public void validateConfiguration(
      KeycloakSession session, RealmModel realm, ComponentModel component) {
    if (isActive(component) && realm.getName().equals(Config.getAdminRealm())) {
      throw new ComponentValidationException(
          "Realm %s is for the admins of the server and signs with no key of another service"
              .formatted(realm.getName()));
    }
  }

  @Override
  public void init(Config.Scope config) {}

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    factory.register(
        event -> {
          if (event instanceof PostMigrationEvent) {
            snapshots.start(factory);
          }
        });
  }

  @Override
  public KeyProvider create(KeycloakSession session, ComponentModel component) {
    KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
    String realmId = component.getParentId();
    return () -> snapshots.of(factory, realmId, component.getId()).stream();
  }

  /** What this node leaves out of a realm's keys and why, in sentences. */
  public static Stream<String> complaints(KeycloakSession session, RealmModel realm) {
    return session.getKeycloakSessionFactory().getProviderFactory(KeyProvider.class, ID)
            instanceof SchemaJwksFactory factory
        ? realm
            .getComponentsStream(realm.getId(), KeyProvider.class.getName())
            .filter(component -> ID.equals(component.getProviderId()))
            .flatMap(
                component ->
                    factory.snapshots.complaints(realm.getId(), component.getId()).stream())
        : Stream.empty();
  }

  @Override
  public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel component) {
    snapshots.forget(realm.getId(), component.getId());
  }

  @Override
  public void close() {
    snapshots.close();
  }
}

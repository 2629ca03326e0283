package dev.accesstier.keycloak.rest;

import org.keycloak.models.KeycloakSession;
import org.keycloak.services.resource.RealmResourceProvider;

/** Puts the {@link UserResource} at {@code /realms/{realm}/access-tier}. */
final class UserResourceProvider implements RealmResourceProvider {

  private final KeycloakSession session;

  UserResourceProvider(KeycloakSession session) {
    this.session = session;
  }

  @Override
  public Object getResource() {
    return new UserResource(session);
  }

  @Override
  public void close() {
    // holds nothing
  }
}

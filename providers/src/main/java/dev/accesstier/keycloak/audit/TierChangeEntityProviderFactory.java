// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import java.util.List;
import org.keycloak.Config;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProvider;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Brings the trail's table into Keycloak's own database. */
public final class TierChangeEntityProviderFactory implements JpaEntityProviderFactory {

  private static final String ID = "access-tier-trail";
  private static final String CHANGELOG = "META-INF/access-tier-changelog.xml";

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public JpaEntityProvider create(KeycloakSession session) {
    return new JpaEntityProvider() {
      @Override
      public List<Class<?>> getEntities() {
        return List.of(TierChangeEntity.class);
      }

      @Override
      public String getChangelogLocation() {
        return CHANGELOG;
      }

      @Override
      public String getFactoryId() {
        return ID;
      }

      @Override
      public void close() {
        // holds nothing
      }
    };
  }

  @Override
  public void init(Config.Scope config) {
    // nothing to configure
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    // nothing to prepare
  }

  @Override
  public void close() {
    // nothing to release
  }
}

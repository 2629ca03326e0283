// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import javax.sql.DataSource;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.jpa.HibernatePersistenceProvider;

/** The tables of schema {@code auth} as JPA entities, on connections of our own and outside JTA. */
public final class AuthEntities {

  private static final String MAPPING = "dev/accesstier/keycloak/schema/auth-schema.orm.xml";

  private AuthEntities() {}

  /** Opens without connecting; see {@link dev.accesstier.keycloak.database.EntityManagers}. */
  public static EntityManagerFactory open(DataSource pool, String schema) {
    HibernatePersistenceConfiguration configuration =
        new HibernatePersistenceConfiguration("access-tier-auth-schema");
    configuration
        .managedClass(AuthUser.class)
        .managedClass(AuthAccount.class)
        .managedClass(AuthPassword.class)
        .managedClass(AuthTwoFactor.class)
        .managedClass(AuthSession.class)
        .managedClass(AuthVerification.class)
        .managedClass(AuthPasskey.class)
        .managedClass(AuthUserSettings.class)
        .mappingFile(MAPPING)
        .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
        .property(AvailableSettings.DIALECT, PostgreSQLDialect.class.getName())
        // No connection while opening: a server must start with its auth database down.
        .property("hibernate.boot.allow_jdbc_metadata_access", false)
        .property(AvailableSettings.DEFAULT_SCHEMA, schema)
        .property(AvailableSettings.HBM2DDL_AUTO, "none")
        // Told once, by CheckedPool, and without the values that a database's message may quote.
        .property(AvailableSettings.LOG_JDBC_ERRORS, false)
        .property(AvailableSettings.JAKARTA_VALIDATION_MODE, "none");
    // Not configuration.createEntityManagerFactory(): Quarkus refuses Hibernate's provider there.
    return new HibernatePersistenceProvider().createEntityManagerFactory(configuration);
  }

  /** The schema that the statements of an entity manager are about. */
  static String schemaOf(EntityManager entityManager) {
    return String.valueOf(
        entityManager
            .getEntityManagerFactory()
            .getProperties()
            .get(AvailableSettings.DEFAULT_SCHEMA));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import jakarta.persistence.EntityManagerFactory;
import javax.sql.DataSource;

/** Maps the tables of a schema to classes. */
@FunctionalInterface
public interface EntityManagers {

  /**
   * Opens without connecting.
   *
   * @param pool where connections come from
   * @param schema the schema's name
   */
  EntityManagerFactory open(DataSource pool, String schema);
}

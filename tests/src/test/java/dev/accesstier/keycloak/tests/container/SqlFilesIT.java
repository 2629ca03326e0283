// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.TestServer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the PostgreSQL 17 that needs no Docker. */
final class SqlFilesIT extends SqlFiles {

  private static PostgresServer postgres;

  @BeforeAll
  static void start() {
    postgres = PostgresServer.start(TestServer.folder("sql-postgres"), 0);
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @Override
  DataSource create(String name) {
    return postgres.createDatabase(name);
  }

  @Test
  void thisIsPostgres17() {
    assertThat(new SqlDatabase(create("version_17")).run("show server_version_num").get(0))
        .startsWith("17");
  }
}

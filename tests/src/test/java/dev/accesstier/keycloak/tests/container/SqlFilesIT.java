package dev.accesstier.keycloak.tests.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.TestServer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** On the run's own PostgreSQL 17. */
final class SqlFilesIT extends SqlFiles {

  @Override
  DataSource create(String name) {
    return TestServer.shared().postgres().createDatabase(name);
  }

  @Test
  void thisIsPostgres17() {
    assertThat(new SqlDatabase(create("version_17")).run("show server_version_num").get(0))
        .startsWith("17");
  }
}

package dev.accesstier.keycloak.tests.container;

import dev.accesstier.keycloak.tests.support.Needs;
import javax.sql.DataSource;

/**
 * On the PostgreSQL of the compose stack, which in {@code .ci/run} is version 15 under the newer
 * one's name.
 */
@Needs(Needs.Tool.DOCKER)
final class SqlFilesInContainerIT extends SqlFiles {

  @Override
  DataSource create(String name) {
    return Containers.shared().createDatabase(name);
  }
}

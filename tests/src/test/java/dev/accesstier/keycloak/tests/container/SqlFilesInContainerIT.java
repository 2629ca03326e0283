// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import dev.accesstier.keycloak.tests.support.Needs;
import javax.sql.DataSource;

/** On the PostgreSQL of the compose stack; its stand-in where no registry answers is version 15. */
@Needs(Needs.Tool.DOCKER)
final class SqlFilesInContainerIT extends SqlFiles {

  @Override
  DataSource create(String name) {
    return Containers.shared().createDatabase(name);
  }
}

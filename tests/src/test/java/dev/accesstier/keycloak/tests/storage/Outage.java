// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import dev.accesstier.devserver.PostgresServer;

/** How the database fails. */
enum Outage {
  GONE {
    @Override
    void begin(PostgresServer postgres, String database) {
      postgres.stop();
    }

    @Override
    void end(PostgresServer postgres, String database) {
      postgres.start();
    }
  },
  /** As a standby is until it takes over. */
  READ_ONLY {
    @Override
    void begin(PostgresServer postgres, String database) {
      set(postgres, database, "on");
    }

    @Override
    void end(PostgresServer postgres, String database) {
      set(postgres, database, "off");
    }

    private static void set(PostgresServer postgres, String database, String value) {
      postgres.execute(
          "postgres",
          "alter database %s set default_transaction_read_only = %s".formatted(database, value));
      postgres.execute(
          "postgres",
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'"
              .formatted(database));
    }
  };

  abstract void begin(PostgresServer postgres, String database);

  abstract void end(PostgresServer postgres, String database);
}

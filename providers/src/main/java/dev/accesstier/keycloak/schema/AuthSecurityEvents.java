// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthConflictException;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import java.time.ZoneOffset;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;

/** Statements on {@code security_events}; the table gives its rows their ids. */
public final class AuthSecurityEvents {

  /** A user who is gone by now leaves the row without one. */
  private static final String INSERT =
      """
      insert into {h-schema}security_events
             (user_id, event_type, ip_address, user_agent, metadata, created_at)
      values ((select id from {h-schema}users where id = :user), :type, :ip, :agent,
              cast(:metadata as jsonb), :at)
      """;

  private final AuthDatabase database;

  public AuthSecurityEvents(AuthDatabase database) {
    this.database = database;
  }

  /**
   * Adds a row.
   *
   * @throws AuthConflictException when the user goes at this very moment
   * @throws AuthDatabaseException when it cannot be written
   */
  public void add(AuthSecurityEvent event) {
    database.write(
        entityManager ->
            entityManager
                .unwrap(Session.class)
                .createNativeMutationQuery(INSERT)
                .setParameter("user", event.userId(), StandardBasicTypes.STRING)
                .setParameter("type", event.type())
                .setParameter("ip", event.ipAddress(), StandardBasicTypes.STRING)
                .setParameter("agent", event.userAgent(), StandardBasicTypes.STRING)
                .setParameter("metadata", event.metadata())
                .setParameter("at", event.createdAt().atOffset(ZoneOffset.UTC))
                .executeUpdate());
  }
}

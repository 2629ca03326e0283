// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Turns a database's errors into sentences for an admin, without any value of a statement. */
final class DatabaseErrors {

  private DatabaseErrors() {}

  /** SQLSTATE codes as in PostgreSQL's appendix A; none means that no connection was to be had. */
  static String explain(Throwable failure, AuthDatabaseSettings settings) {
    String state = state(failure);
    if (state == null) {
      return "No connection to %s in time: the database is down, or all connections are in use."
          .formatted(settings);
    }
    return switch (state) {
      case "28P01", "28000" ->
          "The database refuses the user name or the password given for %s.".formatted(settings);
      case "3D000" -> "The database named in the JDBC URL does not exist (%s).".formatted(settings);
      case "42501" ->
          "The database user lacks a privilege it needs on %s: %s."
              .formatted(settings, message(failure));
      case "42P01", "42703", "3F000" ->
          "A table or column that is needed is missing in %s: %s."
              .formatted(settings, message(failure));
      case "57014" ->
          "A statement on %s took longer than the query timeout of %d ms."
              .formatted(settings, settings.queryTimeout().toMillis());
      default ->
          meansUnreachable(failure)
              ? "The database cannot be reached (%s): check the JDBC URL and that it is up."
                  .formatted(settings)
              : "The database failed with SQLSTATE %s (%s).".formatted(state, settings);
    };
  }

  /** Class 08 is a connection that failed, 57P0x a server going down, 53 one that is full. */
  static boolean meansUnreachable(Throwable failure) {
    if (failure instanceof AuthDatabaseException) {
      return true;
    }
    String state = state(failure);
    return state == null
        || state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("53")
        || state.startsWith("28");
  }

  /** The constraint that a statement violated, by its name or else its SQLSTATE (class 23). */
  static Optional<String> conflict(Throwable failure) {
    String state = state(failure);
    if (state == null || !state.startsWith("23")) {
      return Optional.empty();
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PSQLException sql
          && sql.getServerErrorMessage() != null
          && sql.getServerErrorMessage().getConstraint() != null) {
        return Optional.of(sql.getServerErrorMessage().getConstraint());
      }
    }
    return Optional.of(state);
  }

  /** Whether that constraint is one of uniqueness. */
  static boolean isDuplicate(Throwable failure) {
    return "23505".equals(state(failure));
  }

  /** A connection that worked before and no longer does. */
  static boolean brokenConnection(Throwable failure) {
    String state = state(failure);
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /** The server's own words; only for errors whose words name objects and no values. */
  private static String message(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PSQLException sql && sql.getServerErrorMessage() != null) {
        return String.valueOf(sql.getServerErrorMessage().getMessage());
      }
    }
    return "no details";
  }

  private static @Nullable String state(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Turns a database's errors into sentences for an admin, without any value of a statement, and
 * tells what they mean for others. SQLSTATE codes are those of PostgreSQL's appendix A.
 */
final class DatabaseErrors {

  private DatabaseErrors() {}

  static String explain(Throwable failure, AuthDatabaseSettings settings) {
    if (concernsOneRow(failure)) {
      return "A row in %s cannot be read: a value is not what its column should hold, or there are several rows where one is expected."
          .formatted(settings);
    }
    String state = state(failure);
    if (state == null) {
      return "No connection to %s in time: all %d are in use, or the database takes long to let one in."
          .formatted(settings, settings.poolMaxSize());
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
          "A statement on %s took longer than its time limit: %d ms, and %d ms for searches and counts."
              .formatted(
                  settings,
                  settings.queryTimeout().toMillis(),
                  settings.searchTimeout().toMillis());
      default ->
          meansUnreachable(failure)
              ? "The database cannot be reached (%s): check the JDBC URL and that it is up."
                  .formatted(settings)
              : "The database failed with SQLSTATE %s (%s).".formatted(state, settings);
    };
  }

  /**
   * Whether the server says that it serves nobody: class 08 is a connection that failed, 57P0x a
   * server going down, 53 one that is full, 28 one that refuses the password. Whoever waited in
   * vain, was interrupted or met a value that cannot be read says nothing about others.
   */
  static boolean meansUnreachable(Throwable failure) {
    String state = state(failure);
    return state != null && Stream.of("08", "57P", "53", "28").anyMatch(state::startsWith);
  }

  /**
   * Whether the database gave what was asked for, and it cannot be mapped: that is about the rows
   * of one user.
   */
  static boolean concernsOneRow(Throwable failure) {
    String state = state(failure);
    return state == null
        ? failure instanceof PersistenceException
            && causes(failure).noneMatch(SQLException.class::isInstance)
        // Data exceptions, and what the driver says of a value that is of another type.
        : state.startsWith("22") || state.equals("07006");
  }

  /**
   * The constraint that a statement violated, by its name or its column, or else its SQLSTATE
   * (class 23).
   */
  static Optional<String> conflict(Throwable failure) {
    String state = state(failure);
    if (state == null || !state.startsWith("23")) {
      return Optional.empty();
    }
    return Optional.of(
        serverError(failure)
            .flatMap(
                error ->
                    Optional.ofNullable(error.getConstraint())
                        .or(
                            () ->
                                Optional.ofNullable(error.getColumn()).map("not null of "::concat)))
            .orElse(state));
  }

  /** Whether that constraint is one of uniqueness. */
  static boolean isDuplicate(Throwable failure) {
    return "23505".equals(state(failure));
  }

  /** Whether the schema has not, or not any more, what a statement names. */
  static boolean isOfAnotherForm(Throwable failure) {
    String state = state(failure);
    return state != null && List.of("42P01", "42703", "42501").contains(state);
  }

  /** A connection that worked before and no longer does. */
  static boolean brokenConnection(Throwable failure) {
    String state = state(failure);
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /** The server's own words; only for errors whose words name objects and no values. */
  private static String message(Throwable failure) {
    return serverError(failure).map(ServerErrorMessage::getMessage).orElse("no details");
  }

  private static Optional<ServerErrorMessage> serverError(Throwable failure) {
    return causes(failure)
        .filter(PSQLException.class::isInstance)
        .flatMap(sql -> Stream.ofNullable(((PSQLException) sql).getServerErrorMessage()))
        .findFirst();
  }

  static @Nullable String state(Throwable failure) {
    return causes(failure)
        .filter(SQLException.class::isInstance)
        .flatMap(sql -> Stream.ofNullable(((SQLException) sql).getSQLState()))
        .findFirst()
        .orElse(null);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an error of the database means, for the one who met it and for everybody else. */
final class DatabaseErrorsTest {

  private static final AuthDatabaseSettings SETTINGS =
      new AuthDatabaseSettings(
          "jdbc:postgresql://db/app?password=geheim",
          "kc",
          "geheim",
          "auth",
          10,
          Duration.ofMillis(1500),
          Duration.ofSeconds(5));

  @ParameterizedTest
  @CsvSource({
    "08001, true,  false", // no connection can be made
    "08006, true,  false", // one broke
    "57P01, true,  false", // the server goes down
    "57P03, true,  false", // it is starting
    "53300, true,  false", // too many connections
    "28P01, true,  false", // wrong password
    "57014, false, false", // a statement took too long
    "55P03, false, false", // a lock was not to be had
    "40001, false, false", // two got in each other's way
    "42883, false, false", // no such operator
    "42501, false, false", // not allowed
    "23505, false, false", // a constraint
    "22021, false, true", // bytes that are no text
    "22003, false, true", // a number that is too large
    "07006, false, true", // a value of another type
    "XX000, false, false",
  })
  void aStateSaysWhomItConcerns(String state, boolean everybody, boolean oneRow) {
    PersistenceException failure =
        new PersistenceException(new SQLException("value 'geheim' of a row", state));

    assertThat(DatabaseErrors.meansUnreachable(failure)).isEqualTo(everybody);
    assertThat(DatabaseErrors.concernsOneRow(failure)).isEqualTo(oneRow);
    assertThat(DatabaseErrors.explain(failure, SETTINGS)).doesNotContain("geheim");
  }

  /** The pool gives no state: others may find a free connection in the next moment. */
  @Test
  void waitingInVainConcernsWhoWaited() {
    for (SQLException waited :
        new SQLException[] {
          new SQLException("Sorry, acquisition timeout!"),
          new SQLException("Interrupted while acquiring"),
          new SQLException("Acquisition timeout", new TimeoutException()),
        }) {
      PersistenceException failure = new PersistenceException(waited);
      assertThat(DatabaseErrors.meansUnreachable(failure)).isFalse();
      assertThat(DatabaseErrors.concernsOneRow(failure)).isFalse();
      assertThat(DatabaseErrors.explain(failure, SETTINGS)).contains("in time", "all 10");
    }
  }

  @Test
  void aRowThatCannotBeMappedConcernsItsUserAlone() {
    PersistenceException failure =
        new PersistenceException("More than one row with the given identifier: geheim");

    assertThat(DatabaseErrors.meansUnreachable(failure)).isFalse();
    assertThat(DatabaseErrors.concernsOneRow(failure)).isTrue();
    assertThat(DatabaseErrors.explain(failure, SETTINGS))
        .startsWith("A row in schema auth")
        .doesNotContain("geheim");
  }
}

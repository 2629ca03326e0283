// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.tests.support.Fixture;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The rows of {@code two_factor_auth} as Better Auth reads and writes them. */
record TwoFactorRows(DataSource database) {

  static final SecretCipher CIPHER =
      new SecretCipher(BetterAuthSecrets.parse(Fixture.known().secret()));

  /**
   * What is stored about one user.
   *
   * @param secret null: no row
   */
  record Row(boolean enabled, @Nullable String secret, @Nullable String codes) {

    String plainSecret() {
      return CIPHER.decrypt(secret);
    }

    List<String> plainCodes() {
      try {
        return List.of(new ObjectMapper().readValue(CIPHER.decrypt(codes), String[].class));
      } catch (JsonProcessingException e) {
        throw new AssertionError(e);
      }
    }
  }

  Row of(String userId) {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select u.two_factor_enabled, t.secret, t.backup_codes
                  from auth.users u left join auth.two_factor_auth t on t.user_id = u.id
                 where u.id = ?
                """)) {
      select.setString(1, userId);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return new Row(row.getBoolean(1), row.getString(2), row.getString(3));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** As they are to be stored. */
  void add(String userId, @Nullable String secret, @Nullable String codes) {
    try (Connection connection = database.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into auth.two_factor_auth (user_id, secret, backup_codes)"
                    + " values (?, ?, ?)")) {
      insert.setString(1, userId);
      insert.setString(2, secret);
      insert.setString(3, codes);
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}

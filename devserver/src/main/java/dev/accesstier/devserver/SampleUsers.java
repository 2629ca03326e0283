// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import javax.sql.DataSource;

/** Writes users into schema {@code auth} as Better Auth would. */
public final class SampleUsers {

  private static final String USER =
      """
      insert into auth.users
        (id, name, email, email_verified, role, access_tier, two_factor_enabled, deleted_at)
      values (?, ?, ?, ?, ?::public.user_role, ?::public.access_tier, ?, ?)
      """;

  private static final String ACCOUNT =
      """
      insert into auth.accounts (id, account_id, provider_id, user_id, password)
      values (?, ?, 'credential', ?, ?)
      """;

  private static final String SECOND_FACTOR =
      "insert into auth.two_factor_auth (user_id, secret, backup_codes) values (?, ?, ?)";

  /** Users {@code <prefix>1@example.test} and on, without passwords, made by the database. */
  private static final String MANY =
      """
      insert into auth.users (id, name, email, email_verified, access_tier)
      select ? || lpad(n::text, 32 - length(?), '0'), 'Sample User' || n,
             lower(?) || n || '@example.test', true,
             (array['guest', 'public', 'beta', 'alpha', 'founder'])[1 + n % 5]::public.access_tier
        from generate_series(1, ?) n
      """;

  private static final String MAGIC_LINK =
      """
      insert into auth.verification (id, identifier, value, expires_at)
      values (?, ?, json_build_object('email', ?::text, 'attempt', 0)::text, now() + interval '1 day')
      """;

  private final DataSource database;

  public SampleUsers(DataSource database) {
    this.database = database;
  }

  /** Adds one user, and a credential row where there is a password. */
  public void add(SampleUser user) {
    try (Connection connection = database.getConnection()) {
      try (PreparedStatement insert = connection.prepareStatement(USER)) {
        insert.setString(1, user.id());
        insert.setString(2, user.name());
        insert.setString(3, user.email());
        insert.setBoolean(4, user.emailVerified());
        insert.setString(5, user.role());
        insert.setString(6, user.tier());
        insert.setBoolean(7, user.twoFactor());
        insert.setTimestamp(8, user.deletedAt() == null ? null : Timestamp.from(user.deletedAt()));
        insert.executeUpdate();
      }
      if (user.passwordHash() != null) {
        try (PreparedStatement insert = connection.prepareStatement(ACCOUNT)) {
          insert.setString(1, SampleUser.newId());
          insert.setString(2, user.id());
          insert.setString(3, user.id());
          insert.setString(4, user.passwordHash());
          insert.executeUpdate();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot add " + user.email(), e);
    }
  }

  /** Adds what a user's second factor is verified with, both encrypted as Better Auth does it. */
  public void addSecondFactor(SampleUser user, String secret, String backupCodes) {
    try (Connection connection = database.getConnection();
        PreparedStatement insert = connection.prepareStatement(SECOND_FACTOR)) {
      insert.setString(1, user.id());
      insert.setString(2, secret);
      insert.setString(3, backupCodes);
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot add a second factor of " + user.email(), e);
    }
  }

  /** Adds a magic link that was mailed and not followed yet, by its token. */
  public void addMagicLink(String email, String token) {
    try (Connection connection = database.getConnection();
        PreparedStatement insert = connection.prepareStatement(MAGIC_LINK)) {
      insert.setString(1, SampleUser.newId());
      insert.setString(2, token);
      insert.setString(3, email);
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot add a magic link of " + email, e);
    }
  }

  /** Adds many users in one statement; their tiers take turns. */
  public void addMany(String prefix, int count) {
    try (Connection connection = database.getConnection();
        PreparedStatement insert = connection.prepareStatement(MANY)) {
      insert.setString(1, prefix);
      insert.setString(2, prefix);
      insert.setString(3, prefix);
      insert.setInt(4, count);
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot add " + count + " users", e);
    }
  }
}

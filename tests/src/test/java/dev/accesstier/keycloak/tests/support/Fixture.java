// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Rows that Better Auth 1.5.6 wrote, and what is known of them. */
public final class Fixture {

  /** {@code known.json}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Known(@JsonProperty("BETTER_AUTH_SECRET") String secret, List<User> users) {

    public User user(String key) {
      return users.stream().filter(user -> user.key().equals(key)).findFirst().orElseThrow();
    }
  }

  /**
   * A user of the fixture.
   *
   * @param password null: has none
   * @param passwordAlt another spelling that Better Auth takes as well
   * @param passwordNot one that it does not take
   * @param totpSecretUtf8 null: has no second factor
   * @param backupCodes those that were handed out
   * @param passkeys null: has none
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record User(
      String key,
      String id,
      String email,
      String name,
      String tier,
      String role,
      @Nullable String password,
      @Nullable String passwordAlt,
      @Nullable String passwordNot,
      @Nullable Boolean emailVerified,
      boolean deleted,
      boolean twoFactor,
      @Nullable String totpSecretUtf8,
      @Nullable List<String> backupCodes,
      @Nullable List<Passkey> passkeys) {

    public boolean isVerified() {
      return !Boolean.FALSE.equals(emailVerified);
    }

    /** The password of a user that has one. */
    public String knownPassword() {
      return Objects.requireNonNull(password, key);
    }

    /** The authenticator app of a user that has a second factor, confirmed or not. */
    public AuthenticatorApp app() {
      return AuthenticatorApp.of(Objects.requireNonNull(totpSecretUtf8, key));
    }

    public List<Passkey> knownPasskeys() {
      return Objects.requireNonNull(passkeys, key);
    }

    @Override
    public String toString() {
      return key;
    }
  }

  /**
   * A passkey of the fixture.
   *
   * @param encoding of the public key: base64url or base64
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Passkey(
      String id,
      String credentialId,
      int counter,
      String encoding,
      Map<String, Object> privateKeyJwk) {

    /** Leaves the private key out of test reports. */
    @Override
    public String toString() {
      return id + " in " + encoding;
    }
  }

  private static final Known KNOWN = readKnown();

  private Fixture() {}

  public static Known known() {
    return KNOWN;
  }

  /** Makes schema {@code auth} with the fixture's rows in an empty database. */
  public static void load(DataSource database) {
    load(database, "auth", "public");
  }

  /** Likewise, with another name of the schema and another schema for the enum types. */
  public static void load(DataSource database, String schema, String enums) {
    String sql =
        read("/better-auth/auth.sql")
            .replace("CREATE SCHEMA auth;", "CREATE SCHEMA " + schema + ";")
            .replaceAll("\\bauth\\.", schema + ".")
            .replaceAll("\\bpublic\\.(access_tier|user_role)", enums + ".$1");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot load the fixture", e);
    }
  }

  private static Known readKnown() {
    try {
      return new ObjectMapper().readValue(read("/better-auth/known.json"), Known.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(String resource) {
    try (InputStream file = Fixture.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(file, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.security.SecureRandom;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code users}, with the hash of its credential row.
 *
 * @param id 32 letters and digits, as Better Auth makes them
 * @param email in lower case
 * @param passwordHash null: no credential row
 * @param deletedAt null: not deleted
 */
public record SampleUser(
    String id,
    String name,
    String email,
    String role,
    String tier,
    boolean emailVerified,
    boolean twoFactor,
    @Nullable String passwordHash,
    @Nullable Instant deletedAt) {

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int ID_LENGTH = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A verified user of role {@code user} and tier {@code public}, without a password. */
  public static SampleUser of(String email, String name) {
    return new SampleUser(newId(), name, email, "user", "public", true, false, null, null);
  }

  public SampleUser role(String value) {
    return new SampleUser(
        id, name, email, value, tier, emailVerified, twoFactor, passwordHash, deletedAt);
  }

  public SampleUser tier(String value) {
    return new SampleUser(
        id, name, email, role, value, emailVerified, twoFactor, passwordHash, deletedAt);
  }

  public SampleUser unverified() {
    return new SampleUser(id, name, email, role, tier, false, twoFactor, passwordHash, deletedAt);
  }

  public SampleUser withTwoFactor() {
    return new SampleUser(
        id, name, email, role, tier, emailVerified, true, passwordHash, deletedAt);
  }

  public SampleUser passwordHash(String value) {
    return new SampleUser(id, name, email, role, tier, emailVerified, twoFactor, value, deletedAt);
  }

  public SampleUser deleted() {
    return new SampleUser(
        id, name, email, role, tier, emailVerified, twoFactor, passwordHash, Instant.now());
  }

  /** A new id of that form. */
  public static String newId() {
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}

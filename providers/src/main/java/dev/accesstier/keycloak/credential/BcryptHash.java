// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * A hash of an older service: {@code $2a$10$…} in {@code accounts.password} or {@code $2b$12$…} in
 * {@code passwords.hashed_password}. bcrypt looks at the first 72 bytes of the password only.
 */
public final class BcryptHash implements PasswordHash {

  private static final Pattern FORMAT = Pattern.compile("\\$2[aby]\\$(\\d{2})\\$[./A-Za-z0-9]{53}");

  /** bcrypt's own least cost. */
  private static final int MIN_COST = 4;

  /** About two seconds; a broken row that says 31 would keep a core busy for a day. */
  private static final int MAX_COST = 15;

  private static final int MAX_BYTES = 72;
  private static final int SALT_BYTES = 16;

  /** Of new ones. */
  private static final int COST = 10;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String stored;
  private final int cost;

  private BcryptHash(String stored, int cost) {
    this.stored = stored;
    this.cost = cost;
  }

  static BcryptHash parse(String stored) {
    Matcher matcher = FORMAT.matcher(stored);
    if (!matcher.matches()) {
      throw new MalformedHashException("not of the form $2a$<cost>$<53 characters>");
    }
    int cost = Integer.parseInt(matcher.group(1));
    if (cost < MIN_COST || cost > MAX_COST) {
      throw new MalformedHashException(
          "bcrypt cost " + cost + " is not between " + MIN_COST + " and " + MAX_COST);
    }
    return new BcryptHash(stored, cost);
  }

  /** The text that is stored for a password, with a new random salt. */
  static String store(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    byte[] all = PasswordBytes.raw(password);
    return OpenBSDBCrypt.generate(
        "2b", Arrays.copyOf(all, Math.min(all.length, MAX_BYTES)), salt, COST);
  }

  @Override
  public String algorithm() {
    return "bcrypt";
  }

  @Override
  public String strength() {
    return String.valueOf(cost);
  }

  @Override
  public boolean matches(String password) {
    return OpenBSDBCrypt.checkPassword(stored, PasswordBytes.raw(password));
  }

  /** Whether bcrypt does not look at all of the password. */
  public static boolean isTruncated(String password) {
    return PasswordBytes.raw(password).length > MAX_BYTES;
  }

  /** A constant, so that a hash is not printed by accident. */
  @Override
  public String toString() {
    return "BcryptHash";
  }
}

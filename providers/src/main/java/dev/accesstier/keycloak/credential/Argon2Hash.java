// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A hash of a service that brings Argon2id for itself, as a PHC string: {@code
 * $argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<key>}, Base64 without padding. New ones have
 * the parameters that OWASP's cheat sheet on password storage recommends, which are also the
 * defaults of {@code @node-rs/argon2}.
 */
final class Argon2Hash implements PasswordHash {

  private static final Pattern FORMAT =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})"
              + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

  private static final int KIB = 19_456;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 32;

  /** Four times what the default of npm's {@code argon2} takes; a broken row must not take all. */
  private static final int MAX_KIB = 262_144;

  private static final int MAX_PASSES = 10;
  private static final int MAX_LANES = 16;

  /** RFC 9106: at least eight blocks of one KiB for each lane. */
  private static final int KIB_PER_LANE = 8;

  private static final SecureRandom RANDOM = new SecureRandom();

  private record Cost(int kib, int passes, int lanes) {}

  private final Cost cost;
  private final byte[] salt;
  private final byte[] key;

  private Argon2Hash(Cost cost, byte[] salt, byte[] key) {
    this.cost = cost;
    this.salt = salt;
    this.key = key;
  }

  static Argon2Hash parse(String stored) {
    Matcher matcher = FORMAT.matcher(stored);
    if (!matcher.matches()) {
      throw new MalformedHashException("not of the form $argon2id$v=19$m=…,t=…,p=…$<salt>$<key>");
    }
    Cost cost =
        new Cost(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)));
    if (cost.lanes() < 1
        || cost.lanes() > MAX_LANES
        || cost.passes() < 1
        || cost.passes() > MAX_PASSES
        || cost.kib() < KIB_PER_LANE * cost.lanes()
        || cost.kib() > MAX_KIB) {
      throw new MalformedHashException(
          "Argon2id with a cost out of bounds: at most m=%d, t=%d and p=%d"
              .formatted(MAX_KIB, MAX_PASSES, MAX_LANES));
    }
    try {
      return new Argon2Hash(cost, decode(matcher.group(4)), decode(matcher.group(5)));
    } catch (IllegalArgumentException e) {
      throw new MalformedHashException("Argon2id whose salt or key is not Base64");
    }
  }

  /** Hashes a password with a new random salt. */
  static Argon2Hash of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    Cost cost = new Cost(KIB, PASSES, LANES);
    return new Argon2Hash(cost, salt, derive(password, cost, salt, KEY_BYTES));
  }

  @Override
  public String algorithm() {
    return "argon2id";
  }

  @Override
  public String strength() {
    return "m=%d,t=%d,p=%d".formatted(cost.kib(), cost.passes(), cost.lanes());
  }

  @Override
  public boolean matches(String password) {
    return MessageDigest.isEqual(key, derive(password, cost, salt, key.length));
  }

  String stored() {
    return "$argon2id$v=19$%s$%s$%s".formatted(strength(), encode(salt), encode(key));
  }

  /** A constant, so that a hash is not printed by accident. */
  @Override
  public String toString() {
    return "Argon2Hash";
  }

  private static byte[] derive(String password, Cost cost, byte[] salt, int bytes) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.kib())
            .withIterations(cost.passes())
            .withParallelism(cost.lanes())
            .withSalt(salt)
            .build());
    byte[] key = new byte[bytes];
    generator.generateBytes(PasswordBytes.raw(password), key);
    return key;
  }

  private static byte[] decode(String text) {
    return Base64.getDecoder().decode(text);
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }
}

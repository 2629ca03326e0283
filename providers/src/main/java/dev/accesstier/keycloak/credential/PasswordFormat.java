// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.util.Locale;
import java.util.function.Function;

/**
 * How new passwords are stored. A service that gives Better Auth password functions of its own
 * reads no other format than theirs.
 */
public enum PasswordFormat {
  /** Better Auth's own. */
  SCRYPT(ScryptHash.class, "%:%", password -> ScryptHash.of(password).stored()),
  /** Cost 10, as Better Auth's guides for those who come from other services have it. */
  BCRYPT(BcryptHash.class, "$2_$%", BcryptHash::store),
  /** PHC strings. */
  ARGON2ID(Argon2Hash.class, "$argon2id$%", password -> Argon2Hash.of(password).stored());

  private final Class<? extends PasswordHash> type;
  private final String like;

  @SuppressWarnings("ImmutableEnumChecker") // Each is a function without state.
  private final Function<String, String> hashing;

  PasswordFormat(
      Class<? extends PasswordHash> type, String like, Function<String, String> hashing) {
    this.type = type;
    this.like = like;
    this.hashing = hashing;
  }

  /** The text that is stored for a password, with a new random salt. */
  public String hash(String password) {
    return hashing.apply(password);
  }

  /** Whether a hash has this format. */
  public boolean isOf(PasswordHash hash) {
    return type.isInstance(hash);
  }

  /** What SQL's {@code like} knows it by among the others. */
  public String like() {
    return like;
  }

  /** Its name as an option's value and for people. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

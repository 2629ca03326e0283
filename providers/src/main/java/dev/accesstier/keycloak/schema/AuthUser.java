// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code users}. */
public class AuthUser {

  private String id = "";
  private String name = "";
  private String email = "";
  private @Nullable Boolean emailVerified;
  private @Nullable String image;
  private Instant createdAt = Instant.EPOCH;
  private Instant updatedAt = Instant.EPOCH;
  private @Nullable String role;
  private @Nullable String accessTier;
  private @Nullable Boolean twoFactorEnabled;
  private @Nullable Instant deletedAt;

  /** Not of the mapping, for not every service has the columns. */
  private transient @Nullable Instant bannedUntil;

  /** Likewise, for it is of another table. */
  private transient @Nullable String locale;

  private transient boolean localeKept;

  protected AuthUser() {}

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  /** Stored in lower case; unique. */
  public String email() {
    return email;
  }

  public boolean emailVerified() {
    return Boolean.TRUE.equals(emailVerified);
  }

  /** Address of a picture. */
  public @Nullable String image() {
    return image;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** When anybody, Better Auth or Keycloak, last wrote the row. */
  public Instant updatedAt() {
    return updatedAt;
  }

  /** Label of the enum {@code user_role}: user, admin or service. */
  public @Nullable String role() {
    return role;
  }

  /** Label of the enum {@code access_tier}, as it is stored. */
  public @Nullable String accessTier() {
    return accessTier;
  }

  /**
   * Whether a second factor must be asked for. Better Auth keeps the truth here and never writes
   * {@code two_factor_auth.enabled}.
   */
  public boolean twoFactorEnabled() {
    return Boolean.TRUE.equals(twoFactorEnabled);
  }

  /** Whether the account was soft-deleted; Better Auth itself ignores that. */
  public boolean deleted() {
    return deletedAt != null;
  }

  /**
   * Whether an admin of the service has banned the account and the ban has not ended, as Better
   * Auth's admin plugin has it. Known of users that were read through {@link SessionUsers}.
   */
  public boolean banned() {
    Instant until = bannedUntil;
    return until != null && Instant.now().isBefore(until);
  }

  /**
   * @param until null for good
   */
  void ban(@Nullable Instant until) {
    bannedUntil = until == null ? Instant.MAX : until;
  }

  /**
   * The language that the user has chosen in {@code user_settings}, as it stands there; null where
   * nothing was chosen. Known as {@link #banned} is.
   */
  public @Nullable String locale() {
    return locale;
  }

  /** Whether the database keeps the language. */
  public boolean keepsLocale() {
    return localeKept;
  }

  void keepLocale(@Nullable String chosen) {
    localeKept = true;
    locale = chosen;
  }

  /** Whether nobody may use the account: soft-deleted or banned. */
  public boolean shut() {
    return deleted() || banned();
  }
}

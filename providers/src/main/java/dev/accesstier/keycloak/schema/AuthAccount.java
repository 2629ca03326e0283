// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code accounts}: one way to sign in. */
public class AuthAccount {

  /** {@code provider_id} of the row that holds the password. */
  public static final String CREDENTIAL = "credential";

  private String id = "";
  private String accountId = "";
  private String userId = "";
  private String providerId = "";
  private @Nullable String password;
  private Instant createdAt = Instant.EPOCH;
  private Instant updatedAt = Instant.EPOCH;

  protected AuthAccount() {}

  public String id() {
    return id;
  }

  /** The user's id at the provider; for {@link #CREDENTIAL} the same as {@link #userId()}. */
  public String accountId() {
    return accountId;
  }

  public String userId() {
    return userId;
  }

  public String providerId() {
    return providerId;
  }

  /** The hash; null for every provider but {@link #CREDENTIAL}. */
  public @Nullable String password() {
    return password;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public Instant updatedAt() {
    return updatedAt;
  }
}

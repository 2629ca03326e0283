// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.UserColumn;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ModelException;
import org.keycloak.storage.ReadOnlyException;

/**
 * A row of {@code users} with what one request has changed of it. A change is written at once, and
 * only the column it is about; one to a row that is read-only is a {@link ReadOnlyException}.
 */
final class EditedUser {

  private final AuthUser row;
  private final @Nullable UserWriter writer;
  private String email;
  private FullName name;
  private @Nullable String image;
  private @Nullable String locale;
  private boolean emailVerified;
  private boolean storedEmailVerified;
  private boolean saidEmailVerified;
  private boolean shut;
  private Instant createdAt;

  /**
   * @param writer null where the row is read-only
   */
  EditedUser(AuthUser row, @Nullable UserWriter writer) {
    this.row = row;
    this.writer = writer;
    this.email = row.email().toLowerCase(Locale.ROOT);
    this.name = FullName.of(row.name());
    this.image = row.image();
    this.locale = row.locale();
    this.emailVerified = row.emailVerified();
    this.storedEmailVerified = emailVerified;
    this.shut = row.shut();
    this.createdAt = row.createdAt();
  }

  /** As it was read. What others write during the request is no change that it asks for. */
  AuthUser row() {
    return row;
  }

  boolean isWritable() {
    return writer != null;
  }

  UserWriter requireWritable(String attribute) {
    if (writer == null) {
      throw readOnly(attribute);
    }
    return writer;
  }

  static ReadOnlyException readOnly(String attribute) {
    return new ReadOnlyException(
        "%s is kept by the auth schema, which is read-only here".formatted(attribute));
  }

  /** In lower case. */
  String email() {
    return email;
  }

  /**
   * The new address is unverified in the same statement: were that left to a second one that fails,
   * an address that nobody proved would count. Keycloak takes the flag for one that stays, so it is
   * set again at the end, unless Keycloak says otherwise by then.
   */
  void setEmail(@Nullable String wanted) {
    if (wanted == null) {
      throw new ModelException("A user of the auth schema cannot be without an email");
    }
    UserWriter to = requireWritable("email");
    try {
      to.setUnverifiedEmail(row.id(), wanted);
    } catch (RuntimeException e) {
      // What was said was meant for the new address: a broker says it first.
      storeEmailVerified(row.emailVerified());
      throw e;
    }
    email = wanted;
    storedEmailVerified = false;
    if (saidEmailVerified) {
      storeEmailVerified(true);
    } else if (emailVerified) {
      to.beforeCommit(() -> storeEmailVerified(emailVerified));
    }
  }

  FullName name() {
    return name;
  }

  void setName(FullName wanted) {
    requireWritable("name").set(row.id(), UserColumn.NAME, wanted.joined());
    name = wanted;
  }

  @Nullable String image() {
    return image;
  }

  void setImage(@Nullable String wanted) {
    requireWritable("picture").set(row.id(), UserColumn.IMAGE, wanted);
    image = wanted;
  }

  /** As it stands in the settings, whatever the realm speaks. */
  @Nullable String locale() {
    return locale;
  }

  void setLocale(@Nullable String wanted) {
    requireWritable("locale").setLocale(row.id(), wanted);
    locale = wanted;
  }

  /** As Keycloak takes it to be. */
  boolean emailVerified() {
    return emailVerified;
  }

  void setEmailVerified(boolean wanted) {
    storeEmailVerified(wanted);
    emailVerified = wanted;
    saidEmailVerified = wanted;
  }

  private void storeEmailVerified(boolean wanted) {
    if (wanted != storedEmailVerified) {
      requireWritable("emailVerified").set(row.id(), UserColumn.EMAIL_VERIFIED, wanted);
      storedEmailVerified = wanted;
    }
  }

  /** Soft-deleted, or banned by an admin of the service. */
  boolean shut() {
    return shut;
  }

  /** Opening ends a ban as well; shutting is a soft deletion. */
  void setShut(boolean wanted) {
    UserWriter to = requireWritable("enabled");
    if (!wanted && row.banned()) {
      to.liftBan(row.id());
    }
    to.setDeleted(row.id(), wanted);
    shut = wanted;
  }

  Instant createdAt() {
    return createdAt;
  }

  void setCreatedAt(Instant wanted) {
    requireWritable("createdTimestamp").set(row.id(), UserColumn.CREATED_AT, wanted);
    createdAt = wanted;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthUser;
import java.time.Instant;
import java.util.Locale;
import java.util.function.BooleanSupplier;
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
  private final BooleanSupplier newEmailIsUnverified;
  private String email;
  private FullName name;
  private @Nullable String image;
  private boolean emailVerified;
  private boolean deleted;
  private Instant createdAt;

  /**
   * @param writer null where the row is read-only
   * @param newEmailIsUnverified whether Keycloak says so next of an email that is changed now
   */
  EditedUser(AuthUser row, @Nullable UserWriter writer, BooleanSupplier newEmailIsUnverified) {
    this.row = row;
    this.writer = writer;
    this.newEmailIsUnverified = newEmailIsUnverified;
    this.email = row.email().toLowerCase(Locale.ROOT);
    this.name = FullName.of(row.name());
    this.image = row.image();
    this.emailVerified = row.emailVerified();
    this.deleted = row.deleted();
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

  void setEmail(@Nullable String wanted) {
    if (wanted == null) {
      throw new ModelException("A user of the auth schema cannot be without an email");
    }
    UserWriter to = requireWritable("email");
    if (newEmailIsUnverified.getAsBoolean()) {
      // At once: were it left to a statement that fails, an address nobody proved would count.
      to.setUnverifiedEmail(row.id(), wanted);
      emailVerified = false;
    } else {
      to.set(row.id(), UserColumn.EMAIL, wanted);
    }
    email = wanted;
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

  boolean emailVerified() {
    return emailVerified;
  }

  void setEmailVerified(boolean wanted) {
    if (wanted != emailVerified) {
      requireWritable("emailVerified").set(row.id(), UserColumn.EMAIL_VERIFIED, wanted);
      emailVerified = wanted;
    }
  }

  boolean deleted() {
    return deleted;
  }

  void setDeleted(boolean wanted) {
    requireWritable("enabled").setDeleted(row.id(), wanted);
    deleted = wanted;
  }

  Instant createdAt() {
    return createdAt;
  }

  void setCreatedAt(Instant wanted) {
    requireWritable("createdTimestamp").set(row.id(), UserColumn.CREATED_AT, wanted);
    createdAt = wanted;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.ChangeAuthor;
import dev.accesstier.keycloak.tier.ChangeSource;
import dev.accesstier.keycloak.tier.TierChanges;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.adapter.AbstractUserAdapterFederatedStorage;

/**
 * A row of {@code users} as Keycloak's user. What the row holds comes from there and, in {@link
 * EditMode#WRITABLE}, goes there; everything else Keycloak keeps itself, in its federated storage.
 */
final class AuthSchemaUser extends AbstractUserAdapterFederatedStorage {

  /** User attribute with the address of the picture, {@code users.image}. */
  static final String PICTURE = "picture";

  /** Attributes that are columns, and so never go to federated storage. */
  static final Set<String> COLUMNS =
      Set.of(
          UserModel.USERNAME,
          UserModel.EMAIL,
          UserModel.FIRST_NAME,
          UserModel.LAST_NAME,
          AccessTier.ATTRIBUTE,
          PICTURE);

  private static final Set<String> EMPTIABLE =
      Set.of(UserModel.FIRST_NAME, UserModel.LAST_NAME, PICTURE);

  private final EditedUser user;

  /** The tier that was asked for in this session; it is written when the session commits. */
  private @Nullable AccessTier wantedTier;

  /**
   * @param writer null where the rows are read-only
   * @param newEmailIsUnverified whether Keycloak says so next of an email that is changed now
   */
  AuthSchemaUser(
      KeycloakSession session,
      RealmModel realm,
      ComponentModel component,
      @Nullable UserWriter writer,
      AuthUser row,
      BooleanSupplier newEmailIsUnverified) {
    super(session, realm, component);
    this.user = new EditedUser(row, writer, newEmailIsUnverified);
    this.storageId = new StorageId(component.getId(), row.id());
  }

  @Override
  public String getUsername() {
    return getEmail();
  }

  @Override
  public void setUsername(@Nullable String username) {
    change(UserModel.USERNAME, username);
  }

  @Override
  public String getEmail() {
    return user.email();
  }

  @Override
  public void setEmail(@Nullable String email) {
    change(UserModel.EMAIL, email);
  }

  /** The name up to its first space. */
  @Override
  public @Nullable String getFirstName() {
    return user.name().first();
  }

  @Override
  public void setFirstName(@Nullable String firstName) {
    change(UserModel.FIRST_NAME, firstName);
  }

  /** The name after its first space; a single name has none. */
  @Override
  public @Nullable String getLastName() {
    return user.name().last();
  }

  @Override
  public void setLastName(@Nullable String lastName) {
    change(UserModel.LAST_NAME, lastName);
  }

  /** Verified at Better Auth, or by Keycloak for the very address that is still in the row. */
  @Override
  public boolean isEmailVerified() {
    return user.emailVerified()
        || getEmail().equals(super.getFirstAttribute(EMAIL_VERIFIED_ATTRIBUTE));
  }

  /**
   * A read-only row stays as it is: Keycloak notes the address whose owner followed its mail. Such
   * a note counts until the address changes or is said not to be verified.
   */
  @Override
  public void setEmailVerified(boolean verified) {
    if (user.isWritable()) {
      user.setEmailVerified(verified);
    }
    if (verified == isEmailVerified()) {
      return;
    }
    if (verified) {
      super.setSingleAttribute(EMAIL_VERIFIED_ATTRIBUTE, getEmail());
    } else if (user.emailVerified()) {
      throw EditedUser.readOnly("emailVerified");
    } else {
      super.removeAttribute(EMAIL_VERIFIED_ATTRIBUTE);
    }
  }

  /** Not soft-deleted, and not disabled by Keycloak, be it by an admin or by a lockout. */
  @Override
  public boolean isEnabled() {
    return !user.deleted() && super.isEnabled();
  }

  /**
   * An admin's disabling is a soft deletion. Everybody else's, above all that of the brute-force
   * protection, is a flag that Keycloak keeps itself. Enabling clears both.
   */
  @Override
  public void setEnabled(boolean enabled) {
    if (enabled == isEnabled()) {
      return;
    }
    if (enabled ? user.deleted() : user.isWritable() && isAsked()) {
      user.setDeleted(!enabled);
    }
    if (enabled != isEnabled()) {
      super.setEnabled(enabled);
    }
  }

  /**
   * Whether somebody asks for the change with an access token of theirs, as the admin API wants it.
   * A lockout is decided in a session that Keycloak opens for it, on behalf of nobody.
   */
  private boolean isAsked() {
    return session.getContext().getBearerToken() != null;
  }

  @Override
  public Long getCreatedTimestamp() {
    return user.createdAt().toEpochMilli();
  }

  @Override
  public void setCreatedTimestamp(@Nullable Long timestamp) {
    if (timestamp != null && !timestamp.equals(getCreatedTimestamp())) {
      user.setCreatedAt(Instant.ofEpochMilli(timestamp));
    }
  }

  @Override
  public @Nullable String getFirstAttribute(String name) {
    return COLUMNS.contains(name) ? column(name) : super.getFirstAttribute(name);
  }

  @Override
  public Stream<String> getAttributeStream(String name) {
    return COLUMNS.contains(name)
        ? Stream.ofNullable(column(name))
        : super.getAttributeStream(name);
  }

  @Override
  public Map<String, List<String>> getAttributes() {
    MultivaluedHashMap<String, String> attributes =
        new MultivaluedHashMap<>(getFederatedStorage().getAttributes(realm, getId()));
    attributes.remove(ENABLED_ATTRIBUTE);
    attributes.remove(EMAIL_VERIFIED_ATTRIBUTE);
    for (String name : COLUMNS) {
      String value = column(name);
      if (value == null) {
        attributes.remove(name);
      } else {
        attributes.putSingle(name, value);
      }
    }
    return attributes;
  }

  @Override
  public void setSingleAttribute(String name, @Nullable String value) {
    if (COLUMNS.contains(name)) {
      change(name, value);
    } else {
      super.setSingleAttribute(name, value);
    }
  }

  @Override
  public void setAttribute(String name, @Nullable List<String> values) {
    if (COLUMNS.contains(name)) {
      change(name, values == null || values.isEmpty() ? null : values.get(0));
    } else {
      super.setAttribute(name, values);
    }
  }

  /**
   * Empties what a writable row may lack. Of the other columns, a request that leaves one out does
   * not mean to empty it.
   */
  @Override
  public void removeAttribute(String name) {
    if (!COLUMNS.contains(name)) {
      super.removeAttribute(name);
    } else if (user.isWritable() && EMPTIABLE.contains(name)) {
      change(name, null);
    }
  }

  /** The realm role that has the name of {@code users.role}, where the realm has one. */
  @Override
  protected Set<RoleModel> getRoleMappingsInternal() {
    String name = user.row().role();
    RoleModel role = name == null ? null : realm.getRole(name);
    return role == null ? Set.of() : Set.of(role);
  }

  @Override
  public void deleteRoleMapping(RoleModel role) {
    if (getRoleMappingsInternal().contains(role)) {
      throw new ReadOnlyException(
          "Role %s comes from users.role and cannot be removed here".formatted(role.getName()));
    }
    super.deleteRoleMapping(role);
  }

  private @Nullable String column(String name) {
    return switch (name) {
      case UserModel.USERNAME, UserModel.EMAIL -> getEmail();
      case UserModel.FIRST_NAME -> getFirstName();
      case UserModel.LAST_NAME -> getLastName();
      case AccessTier.ATTRIBUTE -> tier();
      case PICTURE -> user.image();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private String tier() {
    if (wantedTier != null) {
      return wantedTier.value();
    }
    String stored = user.row().accessTier();
    return stored == null ? AccessTier.PUBLIC.value() : stored;
  }

  private void change(String attribute, @Nullable String wanted) {
    if (AccessTier.ATTRIBUTE.equals(attribute)) {
      changeTier(wanted);
      return;
    }
    String value = emptyToNull(lowerCase(attribute) ? lower(wanted) : wanted);
    if (Objects.equals(value, emptyToNull(column(attribute)))) {
      return;
    }
    user.requireWritable(attribute);
    switch (attribute) {
      case UserModel.USERNAME -> refuseUsername(value);
      case UserModel.EMAIL -> user.setEmail(value);
      case UserModel.FIRST_NAME -> user.setName(user.name().withFirst(value));
      case UserModel.LAST_NAME -> user.setName(user.name().withLast(value));
      case PICTURE -> user.setImage(value);
      default -> throw EditedUser.readOnly(attribute);
    }
  }

  /**
   * It follows the email. Where the realm has it so, what a request says beside the email is of no
   * account; elsewhere a request that changes the email hands the old username back.
   */
  private void refuseUsername(@Nullable String value) {
    if (!realm.isRegistrationEmailAsUsername() && !user.row().email().equalsIgnoreCase(value)) {
      throw new ReadOnlyException("The username is the email and cannot be another");
    }
  }

  private static boolean lowerCase(String attribute) {
    return attribute.equals(UserModel.EMAIL) || attribute.equals(UserModel.USERNAME);
  }

  private static @Nullable String lower(@Nullable String value) {
    return value == null ? null : value.toLowerCase(Locale.ROOT);
  }

  /** No tier means none that is new: a form that leaves it out does not take it away. */
  private void changeTier(@Nullable String value) {
    if (value == null || value.isBlank() || value.equals(column(AccessTier.ATTRIBUTE))) {
      return;
    }
    AccessTier tier =
        AccessTier.parse(value)
            .orElseThrow(() -> new ReadOnlyException("There is no such access tier"));
    new TierChanges(session, ChangeAuthor.of(session), ChangeSource.CONSOLE)
        .change(realm, this, tier, null);
    wantedTier = tier;
  }

  private static @Nullable String emptyToNull(@Nullable String value) {
    return value == null || value.isEmpty() ? null : value;
  }
}

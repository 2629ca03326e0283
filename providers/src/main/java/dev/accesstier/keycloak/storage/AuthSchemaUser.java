// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierChanges;
import dev.accesstier.keycloak.component.EditMode;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.tier.AccessTier;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.StorageId;

/**
 * A row of {@code users} as Keycloak's user. What the row holds comes from there and, in {@link
 * EditMode#WRITABLE}, goes there; everything else Keycloak keeps itself, in its federated storage.
 *
 * <p>Its length is that of Keycloak's interface, which wants one object for all of it.
 */
final class AuthSchemaUser extends RealmMember {

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
      Set.of(UserModel.FIRST_NAME, UserModel.LAST_NAME, PICTURE, UserModel.LOCALE);

  private final EditedUser user;
  private final KeycloakNotes notes;

  /** What was said of the email before this session said something else; null: nothing was. */
  private @Nullable Boolean emailVerifiedBefore;

  private boolean emailLeft;

  /** The tier that was asked for in this session; it is written when the session commits. */
  private @Nullable AccessTier wantedTier;

  /**
   * @param writer null where the rows are read-only
   */
  AuthSchemaUser(
      KeycloakSession session,
      RealmModel realm,
      ComponentModel component,
      @Nullable UserWriter writer,
      AuthUser row) {
    super(session, realm, component);
    this.user = new EditedUser(row, writer);
    this.storageId = new StorageId(component.getId(), row.id());
    this.notes = new KeycloakNotes(session, realm, storageId.getId());
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
    return user.emailVerified() || getEmail().equals(notes.verifiedEmail());
  }

  /**
   * A read-only row stays as it is: Keycloak notes the address whose owner followed its mail. Such
   * a note counts until the address changes or is said not to be verified.
   */
  @Override
  public void setEmailVerified(boolean verified) {
    if (emailLeft) {
      return; // It is said of the address that was not taken.
    }
    if (emailVerifiedBefore == null) {
      emailVerifiedBefore = isEmailVerified();
    }
    if (user.isWritable()) {
      user.setEmailVerified(verified);
    }
    if (verified == isEmailVerified()) {
      return;
    }
    if (verified) {
      notes.setVerifiedEmail(getEmail());
    } else if (user.emailVerified()) {
      refuse(EditedUser.readOnly("emailVerified"));
    } else {
      notes.setVerifiedEmail(null);
    }
  }

  /**
   * Takes back what was said of the address that the row does not take: a broker says first whether
   * the new one is verified, and that must not count for the old one.
   */
  private void leaveEmail() {
    if (emailVerifiedBefore != null) {
      setEmailVerified(emailVerifiedBefore);
    }
    emailLeft = true;
  }

  /**
   * Not soft-deleted, not banned at Better Auth, and not disabled by Keycloak, be it by an admin or
   * by a lockout.
   */
  @Override
  public boolean isEnabled() {
    return !user.shut() && !notes.disabled();
  }

  /**
   * An admin's disabling is a soft deletion. Everybody else's, above all that of the brute-force
   * protection, is a flag that Keycloak keeps itself. Enabling clears both, and ends a ban.
   */
  @Override
  public void setEnabled(boolean enabled) {
    if (enabled == isEnabled()) {
      return;
    }
    if (enabled ? user.shut() : user.isWritable() && isAsked()) {
      user.setShut(!enabled);
    }
    if (enabled != isEnabled()) {
      notes.setDisabled(!enabled);
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
    return getAttributeStream(name).findFirst().orElse(null);
  }

  @Override
  public Stream<String> getAttributeStream(String name) {
    if (isColumn(name) && !isOpenLocale(name)) {
      return Stream.ofNullable(column(name));
    }
    return KeycloakNotes.NAMES.contains(name) ? Stream.empty() : super.getAttributeStream(name);
  }

  @Override
  public Map<String, List<String>> getAttributes() {
    MultivaluedHashMap<String, String> attributes =
        new MultivaluedHashMap<>(getFederatedStorage().getAttributes(realm, getId()));
    attributes.keySet().removeAll(KeycloakNotes.NAMES);
    for (String name : COLUMNS) {
      String value = column(name);
      if (value == null) {
        attributes.remove(name);
      } else {
        attributes.putSingle(name, value);
      }
    }
    if (isColumn(UserModel.LOCALE) && !isOpenLocale(UserModel.LOCALE)) {
      attributes.putSingle(UserModel.LOCALE, locale());
    }
    return attributes;
  }

  @Override
  public void setSingleAttribute(String name, @Nullable String value) {
    if (isColumn(name)) {
      change(name, value);
    } else if (isNoNote(name)) {
      super.setSingleAttribute(name, value);
    }
  }

  @Override
  public void setAttribute(String name, @Nullable List<String> values) {
    if (isColumn(name)) {
      change(name, values == null || values.isEmpty() ? null : values.get(0));
    } else if (isNoNote(name)) {
      super.setAttribute(name, values);
    }
  }

  /**
   * Empties what a writable row may lack. Of the other columns, a request that leaves one out does
   * not mean to empty it.
   */
  @Override
  public void removeAttribute(String name) {
    if (!isColumn(name)) {
      if (isNoNote(name)) {
        super.removeAttribute(name);
      }
    } else if (user.isWritable() && EMPTIABLE.contains(name)) {
      change(name, null);
      if (UserModel.LOCALE.equals(name)) {
        super.removeAttribute(name);
      }
    }
  }

  /** The language is where there is a table for it. */
  private boolean isColumn(String name) {
    return COLUMNS.contains(name) || (UserModel.LOCALE.equals(name) && user.row().keepsLocale());
  }

  /** Nobody has chosen one in the apps: what Keycloak noted before still counts. */
  private boolean isOpenLocale(String name) {
    return UserModel.LOCALE.equals(name) && locale() == null;
  }

  /** The language of the settings, where the realm speaks it. */
  private @Nullable String locale() {
    String chosen = user.locale();
    return chosen != null
            && realm.isInternationalizationEnabled()
            && realm.getSupportedLocalesStream().anyMatch(chosen::equals)
        ? chosen
        : null;
  }

  private boolean isNoNote(String name) {
    if (KeycloakNotes.NAMES.contains(name)) {
      refuse(new ReadOnlyException("%s is kept by Keycloak itself".formatted(name)));
      return false;
    }
    return true;
  }

  @Override
  @Nullable String columnRole() {
    return user.row().role();
  }

  private @Nullable String column(String name) {
    return switch (name) {
      case UserModel.USERNAME, UserModel.EMAIL -> getEmail();
      case UserModel.FIRST_NAME -> getFirstName();
      case UserModel.LAST_NAME -> getLastName();
      case AccessTier.ATTRIBUTE -> tier();
      case PICTURE -> user.image();
      case UserModel.LOCALE -> locale();
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
    String now =
        UserModel.LOCALE.equals(attribute) ? getFirstAttribute(attribute) : column(attribute);
    if (Objects.equals(value, emptyToNull(now))) {
      return;
    }
    if (!user.isWritable()) {
      leave(attribute);
      return;
    }
    switch (attribute) {
      case UserModel.USERNAME -> refuseUsername(value);
      case UserModel.EMAIL -> user.setEmail(value);
      case UserModel.FIRST_NAME -> user.setName(user.name().withFirst(value));
      case UserModel.LAST_NAME -> user.setName(user.name().withLast(value));
      case PICTURE -> user.setImage(value);
      case UserModel.LOCALE -> user.setLocale(value);
      default -> throw EditedUser.readOnly(attribute);
    }
  }

  private void leave(String attribute) {
    refuse(EditedUser.readOnly(attribute));
    if (attribute.equals(UserModel.EMAIL)) {
      leaveEmail();
    }
  }

  /**
   * It follows the email. Where the realm has it so, what a request says beside the email is of no
   * account; elsewhere a request that changes the email hands the old username back.
   */
  private void refuseUsername(@Nullable String value) {
    if (!realm.isRegistrationEmailAsUsername() && !user.row().email().equalsIgnoreCase(value)) {
      refuse(new ReadOnlyException("The username is the email and cannot be another"));
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
    AccessTier tier = AccessTier.parse(value).orElse(null);
    if (tier == null) {
      refuse(new ReadOnlyException("There is no such access tier"));
      return;
    }
    try {
      new TierChanges(session, ChangeAuthor.of(session), ChangeSource.CONSOLE)
          .change(realm, this, tier, null);
      wantedTier = tier;
    } catch (ReadOnlyException e) {
      refuse(e);
    }
  }

  private static @Nullable String emptyToNull(@Nullable String value) {
    return value == null || value.isEmpty() ? null : value;
  }
}

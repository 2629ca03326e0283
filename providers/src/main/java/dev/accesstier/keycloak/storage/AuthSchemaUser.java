package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.ChangeAuthor;
import dev.accesstier.keycloak.tier.ChangeSource;
import dev.accesstier.keycloak.tier.TierChanges;
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
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.adapter.AbstractUserAdapterFederatedStorage;

/**
 * A row of {@code users} as Keycloak's user. What the row holds comes from there and is not
 * writable; everything else Keycloak keeps itself, in its federated storage.
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

  private final AuthUser row;

  /** The tier that was asked for in this session; it is written when the session commits. */
  private @Nullable AccessTier wantedTier;

  AuthSchemaUser(
      KeycloakSession session, RealmModel realm, ComponentModel component, AuthUser row) {
    super(session, realm, component);
    this.row = row;
    this.storageId = new StorageId(component.getId(), row.id());
  }

  @Override
  public String getUsername() {
    return getEmail();
  }

  @Override
  public void setUsername(@Nullable String username) {
    change(UserModel.USERNAME, username == null ? null : username.toLowerCase(Locale.ROOT));
  }

  @Override
  public String getEmail() {
    return row.email().toLowerCase(Locale.ROOT);
  }

  @Override
  public void setEmail(@Nullable String email) {
    change(UserModel.EMAIL, email == null ? null : email.toLowerCase(Locale.ROOT));
  }

  /** The name up to its first space. */
  @Override
  public String getFirstName() {
    int space = row.name().indexOf(' ');
    return space < 0 ? row.name() : row.name().substring(0, space);
  }

  @Override
  public void setFirstName(@Nullable String firstName) {
    change(UserModel.FIRST_NAME, firstName);
  }

  /** The name after its first space; a single name has none. */
  @Override
  public @Nullable String getLastName() {
    int space = row.name().indexOf(' ');
    return space < 0 ? null : row.name().substring(space + 1);
  }

  @Override
  public void setLastName(@Nullable String lastName) {
    change(UserModel.LAST_NAME, lastName);
  }

  /** Verified at Better Auth, or by Keycloak for the very address that is still in the row. */
  @Override
  public boolean isEmailVerified() {
    return row.emailVerified()
        || getEmail().equals(super.getFirstAttribute(EMAIL_VERIFIED_ATTRIBUTE));
  }

  /** The row stays as it is; Keycloak notes the address whose owner followed its mail. */
  @Override
  public void setEmailVerified(boolean verified) {
    if (verified == isEmailVerified()) {
      return;
    }
    if (verified) {
      super.setSingleAttribute(EMAIL_VERIFIED_ATTRIBUTE, getEmail());
    } else if (row.emailVerified()) {
      throw readOnly("emailVerified");
    } else {
      super.removeAttribute(EMAIL_VERIFIED_ATTRIBUTE);
    }
  }

  /** Not soft-deleted, and not disabled by Keycloak, be it by an admin or by a lockout. */
  @Override
  public boolean isEnabled() {
    return !row.deleted() && super.isEnabled();
  }

  @Override
  public void setEnabled(boolean enabled) {
    if (enabled == isEnabled()) {
      return;
    }
    if (enabled && row.deleted()) {
      throw readOnly("enabled");
    }
    super.setEnabled(enabled);
  }

  @Override
  public Long getCreatedTimestamp() {
    return row.createdAt().toEpochMilli();
  }

  @Override
  public void setCreatedTimestamp(@Nullable Long timestamp) {
    if (!Objects.equals(timestamp, getCreatedTimestamp())) {
      throw readOnly("createdTimestamp");
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

  /** A request that leaves a column out does not mean to empty it. */
  @Override
  public void removeAttribute(String name) {
    if (!COLUMNS.contains(name)) {
      super.removeAttribute(name);
    }
  }

  /** The realm role that has the name of {@code users.role}, where the realm has one. */
  @Override
  protected Set<RoleModel> getRoleMappingsInternal() {
    RoleModel role = row.role() == null ? null : realm.getRole(row.role());
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
      case PICTURE -> row.image();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private String tier() {
    if (wantedTier != null) {
      return wantedTier.value();
    }
    return row.accessTier() == null ? AccessTier.PUBLIC.value() : row.accessTier();
  }

  private void change(String name, @Nullable String value) {
    if (AccessTier.ATTRIBUTE.equals(name)) {
      changeTier(value);
    } else if (!Objects.equals(emptyToNull(value), emptyToNull(column(name)))) {
      throw readOnly(name);
    }
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

  private static ReadOnlyException readOnly(String name) {
    return new ReadOnlyException(
        "%s is kept by the auth schema, which is read-only here".formatted(name));
  }
}

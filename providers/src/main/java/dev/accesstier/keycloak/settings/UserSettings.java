// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.settings;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.schema.AuthSettings;
import dev.accesstier.keycloak.settings.RefusedSettingsException.Kind;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/**
 * A person's settings in the tables.
 *
 * <p>Every method throws {@link TemporarilyUnavailableException} when the database cannot be used.
 */
public final class UserSettings {

  private final KeycloakSession session;
  private final AuthComponent component;
  private final AuthSettings table;
  private final String userId;

  private UserSettings(KeycloakSession session, AuthComponent component, String userId) {
    this.session = session;
    this.component = component;
    this.table = new AuthSettings(component.database());
    this.userId = userId;
  }

  /** Of a user; empty for one of another storage. */
  public static Optional<UserSettings> of(
      KeycloakSession session, RealmModel realm, UserModel user) {
    return TemporarilyUnavailableException.unless(
            session, () -> AuthComponents.enabledOf(session, realm, user))
        .map(component -> new UserSettings(session, component, StorageId.externalId(user.getId())));
  }

  /** Whether they can be changed. */
  public boolean areWritable() {
    return component.writable();
  }

  /** As they are, or as the table has them for somebody new; empty without the table. */
  public Optional<Settings> read() {
    return TemporarilyUnavailableException.unless(session, () -> table.of(userId))
        .map(Settings::of);
  }

  /**
   * Changes them, while no other request does.
   *
   * @param tag what they must be before, as the caller sees them; null: whatever they are
   * @param view what the caller sees of them
   * @return what they are then; empty without the table
   * @throws RefusedSettingsException when the change is not made
   */
  public Optional<Settings> change(
      @Nullable String tag, UnaryOperator<Settings> view, Consumer<Settings> change) {
    return TemporarilyUnavailableException.unless(
            session,
            () ->
                table.change(
                    userId,
                    row -> {
                      Settings settings = Settings.of(row);
                      if (tag != null && !tag.equals(view.apply(settings).tag())) {
                        throw new RefusedSettingsException(
                            Kind.STALE, "The settings have been changed since they were read");
                      }
                      change.accept(settings);
                      settings.check(Settings.of(row));
                      return settings.row();
                    }))
        .map(Settings::of);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.profile;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierChanges;
import dev.accesstier.keycloak.tier.AccessTier;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.userprofile.AttributeChangeListener;
import org.keycloak.userprofile.UserProfile;

/**
 * A user's profile as an admin edits it. Changes the tier first and by itself, so that the profile
 * finds it as it shall be.
 */
final class TierUserProfile extends UnwrappedUserProfile {

  private final KeycloakSession session;
  private final @Nullable UserModel user;

  /**
   * @param user null: is still to be made
   */
  TierUserProfile(KeycloakSession session, UserProfile profile, @Nullable UserModel user) {
    super(profile);
    this.session = session;
    this.user = user;
  }

  @Override
  public UserModel create() {
    return recorded(super.create());
  }

  @Override
  public UserModel create(boolean validate) {
    return recorded(super.create(validate));
  }

  @Override
  public void update(boolean removeAttributes, AttributeChangeListener... listeners) {
    validate();
    if (user != null) {
      changeTier(user);
    }
    super.update(removeAttributes, listeners);
  }

  /** Users of a store of ours are not meant: theirs hears of it when it is written to. */
  private void changeTier(UserModel user) {
    RealmModel realm = session.getContext().getRealm();
    TierChanges changes = changes();
    if (!getAttributes().isReadOnly(AccessTier.ATTRIBUTE)
        && !changes.isStoredElsewhere(realm, user)) {
      AccessTier.parse(getAttributes().getFirst(AccessTier.ATTRIBUTE))
          .filter(tier -> !tier.value().equals(user.getFirstAttribute(AccessTier.ATTRIBUTE)))
          .ifPresent(tier -> changes.change(realm, user, tier, null));
    }
  }

  private UserModel recorded(UserModel created) {
    changes().recordFirst(session.getContext().getRealm(), created);
    return created;
  }

  private TierChanges changes() {
    return new TierChanges(session, ChangeAuthor.of(session), ChangeSource.CONSOLE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.profile;

import dev.accesstier.keycloak.tier.AccessTier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.userprofile.DeclarativeUserProfileProvider;
import org.keycloak.userprofile.DeclarativeUserProfileProviderFactory;
import org.keycloak.userprofile.UserProfile;
import org.keycloak.userprofile.UserProfileContext;

/** Takes the place of Keycloak's own factory, whose configuration and behaviour it keeps. */
public final class TierUserProfileFactory extends DeclarativeUserProfileProviderFactory {

  /** Above Keycloak's own: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return super.order() + 100;
  }

  @Override
  public DeclarativeUserProfileProvider create(KeycloakSession session) {
    return new DeclarativeUserProfileProvider(session, this) {

      @Override
      public UserProfile create(UserProfileContext context, UserModel user) {
        return new UnwrappedUserProfile(super.create(context, user));
      }

      @Override
      public UserProfile create(
          UserProfileContext context, Map<String, ?> attributes, @Nullable UserModel user) {
        return user == null || !context.isAdminContext()
            ? new UnwrappedUserProfile(super.create(context, attributes, user))
            : new TierUserProfile(
                session, super.create(context, keepingTier(attributes, user), user), user);
      }

      @Override
      public UserProfile create(UserProfileContext context, Map<String, ?> attributes) {
        UserProfile profile = super.create(context, attributes);
        return context.isAdminContext()
            ? new TierUserProfile(session, profile, null)
            : new UnwrappedUserProfile(profile);
      }
    };
  }

  /** A request that leaves the tier out, or sends an empty one, does not mean to take it away. */
  private static Map<String, ?> keepingTier(Map<String, ?> attributes, UserModel user) {
    String tier = user.getFirstAttribute(AccessTier.ATTRIBUTE);
    if (tier == null || isThere(attributes.get(AccessTier.ATTRIBUTE))) {
      return attributes;
    }
    Map<String, Object> kept = new HashMap<>(attributes);
    kept.put(AccessTier.ATTRIBUTE, List.of(tier));
    return kept;
  }

  private static boolean isThere(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream().anyMatch(TierUserProfileFactory::isThere)
        : value instanceof String text && !text.isBlank();
  }
}

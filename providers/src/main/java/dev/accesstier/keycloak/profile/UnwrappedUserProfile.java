// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.profile;

import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import jakarta.ws.rs.WebApplicationException;
import java.util.function.Supplier;
import org.keycloak.models.UserModel;
import org.keycloak.representations.idm.AbstractUserRepresentation;
import org.keycloak.userprofile.AttributeChangeListener;
import org.keycloak.userprofile.Attributes;
import org.keycloak.userprofile.UserProfile;

/**
 * A user's profile that ends a request during an outage of ours as one. Keycloak's own hides what a
 * storage throws in another exception, and the outage would be answered as an unknown error.
 */
class UnwrappedUserProfile implements UserProfile {

  private final UserProfile profile;

  UnwrappedUserProfile(UserProfile profile) {
    this.profile = profile;
  }

  @Override
  public void validate() {
    profile.validate();
  }

  @Override
  public UserModel create() {
    return unwrapped(profile::create);
  }

  @Override
  public UserModel create(boolean validate) {
    return unwrapped(() -> profile.create(validate));
  }

  @Override
  public void update(boolean removeAttributes, AttributeChangeListener... listeners) {
    unwrapped(
        () -> {
          profile.update(removeAttributes, listeners);
          return true;
        });
  }

  @Override
  public Attributes getAttributes() {
    return profile.getAttributes();
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // Keycloak's signature
  public <R extends AbstractUserRepresentation> R toRepresentation(boolean full) {
    return profile.toRepresentation(full);
  }

  private static <T> T unwrapped(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw e.getCause() instanceof WebApplicationException ending && isOutage(ending) ? ending : e;
    }
  }

  /** {@link TemporarilyUnavailableException#ending} has two kinds, which have that in common. */
  private static boolean isOutage(WebApplicationException ending) {
    return TemporarilyUnavailableException.ERROR.equals(ending.getMessage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierChanges;
import dev.accesstier.keycloak.rest.RequestParameters;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.services.resources.admin.AdminEventBuilder;

/**
 * Takes the second factor of the schema from a user who has lost it. The delete button of
 * Keycloak's own console looks among the credentials that Keycloak stores, and this one is not
 * there.
 */
final class SecondFactorRemoval {

  private static final String TYPE = OTPCredentialModel.TYPE;

  private static final int ATTEMPTS = 3;

  private SecondFactorRemoval() {}

  /**
   * Removes it, with an entry in the trail and an admin event as Keycloak writes for its own
   * credentials.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 404 when the schema has none
   *     of this user, with 400 when it may not be written
   */
  static void of(AdminRequest admin, UserModel user, @Nullable String reason) {
    if (user.credentialManager()
        .getFederatedCredentialsStream()
        .noneMatch(credential -> TYPE.equals(credential.getType()))) {
      throw ApiError.NO_SECOND_FACTOR.exception();
    }
    String why = RequestParameters.reason(reason);
    user.credentialManager().disableCredentialType(TYPE);
    record(admin, user, why);
    KeycloakSession session = admin.session();
    new AdminEventBuilder(
            admin.realm(), admin.may().admin(), session, session.getContext().getConnection())
        .operation(OperationType.ACTION)
        .resource(ResourceType.USER)
        .resourcePath("users", user.getId(), "second-factor")
        .detail(Details.CREDENTIAL_TYPE, TYPE)
        .success();
  }

  /**
   * In a transaction of its own: the removal is done, and nobody shall wait for it. Another entry
   * of the same user may take the number that this one would have.
   */
  private static void record(AdminRequest admin, UserModel user, @Nullable String reason) {
    KeycloakSession session = admin.session();
    ChangeAuthor author = admin.author();
    for (int attempt = 1; ; attempt++) {
      try {
        KeycloakModelUtils.runJobInTransaction(
            session.getKeycloakSessionFactory(),
            session.getContext(),
            later ->
                new TierChanges(later, author, ChangeSource.SECOND_FACTOR)
                    .recordRemovedSecondFactor(admin.realm(), user.getId(), reason));
        return;
      } catch (RuntimeException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}

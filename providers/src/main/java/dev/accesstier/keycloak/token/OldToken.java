// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.token;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.schema.AuthTokens;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/** A token of the old service, in the database of that component. */
public record OldToken(AuthComponent component, AuthTokens.Row row) {

  /**
   * Whose it is; empty when the user is gone or disabled, or a policy of Keycloak's ends all that
   * was issued before a moment after this one.
   */
  public Optional<UserModel> user(KeycloakSession session, RealmModel realm, ClientModel client) {
    return Optional.ofNullable(
            session.users().getUserById(realm, new StorageId(component.id(), row.userId()).getId()))
        .filter(UserModel::isEnabled)
        .filter(
            user ->
                row.created().getEpochSecond()
                    >= Math.max(
                        Math.max(realm.getNotBefore(), client.getNotBefore()),
                        session.users().getNotBeforeOfUser(realm, user)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.schema.AuthPasskeys;
import java.util.Base64;
import java.util.Optional;
import org.keycloak.credential.CredentialInput;
import org.keycloak.credential.CredentialProvider;
import org.keycloak.credential.WebAuthnCredentialModelInput;
import org.keycloak.credential.WebAuthnPasswordlessCredentialProvider;
import org.keycloak.credential.WebAuthnPasswordlessCredentialProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/**
 * Keycloak's passkeys; ours are read from the table whenever it is asked, and their use is noted.
 */
public final class PasskeyCredentialProviderFactory
    extends WebAuthnPasswordlessCredentialProviderFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  @SuppressWarnings("rawtypes") // Keycloak's signature.
  public CredentialProvider create(KeycloakSession session) {
    return new WebAuthnPasswordlessCredentialProvider(
        session, getMetadataService(), createOrGetObjectConverter()) {

      @Override
      public boolean isConfiguredFor(RealmModel realm, UserModel user, String type) {
        if (supportsCredentialType(type)
            && passkeys(realm, user).filter(Passkeys::any).isPresent()) {
          UserCaches.forget(session, realm, user);
        }
        return super.isConfiguredFor(realm, user, type);
      }

      @Override
      public boolean isValid(RealmModel realm, UserModel user, CredentialInput input) {
        if (passkeys(realm, user).isPresent()) {
          UserCaches.forget(session, realm, user);
        }
        boolean valid = super.isValid(realm, user, input);
        if (valid && input instanceof WebAuthnCredentialModelInput passkey) {
          noteUse(realm, user, passkey);
        }
        return valid;
      }

      /** Those of the table: the cache may know nothing yet of a user's first one. */
      private Optional<Passkeys> passkeys(RealmModel realm, UserModel user) {
        return Database.now(session, () -> AuthComponents.enabledOf(session, realm, user))
            .map(
                component ->
                    new Passkeys(session, realm, component, StorageId.externalId(user.getId())));
      }

      private void noteUse(RealmModel realm, UserModel user, WebAuthnCredentialModelInput passkey) {
        String credentialId =
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(passkey.getAuthenticationRequest().getCredentialId());
        AuthComponents.enabledOf(session, realm, user)
            .filter(component -> component.writable())
            .map(component -> new AuthPasskeys(component.database()))
            .ifPresent(table -> Database.afterCommit(session, () -> table.used(credentialId)));
      }
    };
  }
}

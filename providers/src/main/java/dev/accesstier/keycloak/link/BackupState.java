// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import com.webauthn4j.converter.AttestationObjectConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.util.exception.WebAuthnException;
import java.util.Base64;
import org.keycloak.WebAuthnConstants;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;

/**
 * Whether a passkey may be, and is, on more than one device. Better Auth keeps both; Keycloak drops
 * them, so they are read from the registration that is being answered.
 *
 * @param possible flag BE of the authenticator data (WebAuthn level 3, section 6.1)
 * @param done flag BS
 */
record BackupState(boolean possible, boolean done) {

  private static final BackupState NONE = new BackupState(false, false);

  /** The flags follow the 32 bytes of the relying party's hash. */
  private static final int FLAGS = 32;

  private static final int POSSIBLE = 0x08;
  private static final int DONE = 0x10;

  /** Neither, where the request is no registration in a browser. */
  static BackupState of(KeycloakSession session) {
    HttpRequest request = session.getContext().getHttpRequest();
    String attestation =
        request == null
            ? null
            : request.getDecodedFormParameters().getFirst(WebAuthnConstants.ATTESTATION_OBJECT);
    if (attestation == null) {
      return NONE;
    }
    try {
      byte[] data =
          new AttestationObjectConverter(new ObjectConverter())
              .extractAuthenticatorData(Base64.getUrlDecoder().decode(attestation));
      return data == null || data.length <= FLAGS
          ? NONE
          : new BackupState((data[FLAGS] & POSSIBLE) != 0, (data[FLAGS] & DONE) != 0);
    } catch (IllegalArgumentException | WebAuthnException e) {
      return NONE;
    }
  }
}

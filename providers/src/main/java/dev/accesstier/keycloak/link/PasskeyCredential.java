// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.COSEKey;
import com.webauthn4j.util.exception.WebAuthnException;
import dev.accesstier.keycloak.schema.AuthPasskey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.util.JsonSerialization;

/** A row of {@code passkeys} as Keycloak's credential, which has the row's id. */
final class PasskeyCredential {

  private static final Logger LOG = Logger.getLogger(PasskeyCredential.class);
  private static final ObjectConverter CONVERTER = new ObjectConverter();

  private PasskeyCredential() {}

  /** Whether Keycloak can use the row: one it cannot read would spoil all others of the user. */
  static boolean isReadable(AuthPasskey row) {
    String problem = problem(row);
    if (problem != null) {
      LOG.warnf("Passkey %s of user %s is left out: %s", row.id(), row.userId(), problem);
    }
    return problem == null;
  }

  /**
   * The credential.
   *
   * @param counter the number that the next signature's has to exceed
   */
  static CredentialModel of(AuthPasskey row, long counter) {
    WebAuthnCredentialModel credential =
        WebAuthnCredentialModel.create(
            WebAuthnCredentialModel.TYPE_PASSWORDLESS,
            row.friendlyName(),
            AAGUID.ZERO.toString(),
            Base64.getEncoder().encodeToString(Base64.getUrlDecoder().decode(row.credentialId())),
            null,
            Base64.getUrlEncoder().withoutPadding().encodeToString(key(row)),
            counter,
            "none",
            transports(row.transports()));
    credential.setId(row.id());
    credential.setCreatedDate(row.createdAt().toEpochMilli());
    return credential;
  }

  private static @Nullable String problem(AuthPasskey row) {
    try {
      if (Base64.getUrlDecoder().decode(row.credentialId()).length == 0) {
        return "it has no credential id";
      }
    } catch (IllegalArgumentException e) {
      return "its credential id is not base64url";
    }
    try {
      COSEKey key = CONVERTER.getCborConverter().readValue(key(row), COSEKey.class);
      if (key == null) {
        return "it has no public key";
      }
      key.validate();
      if (key.getPublicKey() == null) {
        return "its key is not a public one";
      }
    } catch (IllegalArgumentException | WebAuthnException | UnsupportedOperationException e) {
      return "its public key cannot be read";
    }
    return row.counter() < 0 ? "its counter is negative" : null;
  }

  /** base64url and base64, with and without padding. */
  private static byte[] key(AuthPasskey row) {
    return Base64.getUrlDecoder().decode(row.publicKey().replace('+', '-').replace('/', '_'));
  }

  /** A hint to the browser alone, so what is of no use is none. */
  private static Set<String> transports(@Nullable String json) {
    if (json == null) {
      return Set.of();
    }
    try {
      Object value = JsonSerialization.readValue(json, Object.class);
      List<?> names =
          value instanceof String text
              ? Arrays.asList(text.split(",", -1))
              : value instanceof List<?> list ? list : List.of();
      return names.stream()
          .filter(String.class::isInstance)
          .map(name -> ((String) name).trim())
          .filter(name -> !name.isEmpty())
          .collect(Collectors.toSet());
    } catch (IOException e) {
      return Set.of();
    }
  }
}

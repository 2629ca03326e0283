// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.schema.AuthPasskeys;
import jakarta.ws.rs.core.MultivaluedMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.keycloak.WebAuthnConstants;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.storage.StorageId;

/**
 * Whose a passkey is. One made at Better Auth comes with a user handle that it drew at random and
 * kept nowhere ({@code @better-auth/passkey} 1.4 to 1.6), and Keycloak takes the handle for the
 * user's id: it would find nobody, or somebody else than the user who is known. Better Auth itself
 * goes by the credential's id, which is unique, and so it is here.
 *
 * <p>What is replaced proves nothing: the signature is checked afterwards, against the key of that
 * user.
 */
final class PasskeyOwner {

  /** A credential id has 1023 bytes at most (WebAuthn level 3, section 5.8.3). */
  private static final Pattern BASE64URL = Pattern.compile("[\\w-]{1,1364}=*");

  /** Of Keycloak: its own are UUIDs, those of a user storage have three parts. */
  private static final Pattern USER_ID = Pattern.compile("[\\w-]{36}|f:[\\w-]+:[\\w:-]+");

  private PasskeyOwner() {}

  /** Puts the owner's id in place of the handle, before Keycloak looks at what a browser sent. */
  static void name(AuthenticationFlowContext context) {
    MultivaluedMap<String, String> form = context.getHttpRequest().getDecodedFormParameters();
    String credentialId = form.getFirst(WebAuthnConstants.CREDENTIAL_ID);
    if (credentialId != null
        && BASE64URL.matcher(credentialId).matches()
        && !namesSomebody(context, form.getFirst(WebAuthnConstants.USER_HANDLE))) {
      owner(context.getSession(), context.getRealm(), credentialId)
          .ifPresent(id -> form.putSingle(WebAuthnConstants.USER_HANDLE, encoded(id)));
    }
  }

  /**
   * A passkey that Keycloak made says whose it is. Credential ids are no secret, and a row with
   * somebody's must not hide their passkey.
   */
  private static boolean namesSomebody(AuthenticationFlowContext context, @Nullable String handle) {
    if (handle == null || !BASE64URL.matcher(handle).matches()) {
      return false;
    }
    try {
      String id = new String(Base64.getUrlDecoder().decode(handle), StandardCharsets.UTF_8);
      return USER_ID.matcher(id).matches()
          && context.getSession().users().getUserById(context.getRealm(), id) != null;
    } catch (IllegalArgumentException e) {
      // no handle of ours
      return false;
    }
  }

  private static Optional<String> owner(
      KeycloakSession session, RealmModel realm, String credentialId) {
    String unpadded = credentialId.replace("=", "");
    return Database.now(
        session,
        () ->
            AuthComponents.enabledIn(session, realm)
                .flatMap(
                    component ->
                        new AuthPasskeys(component.database())
                            .owner(unpadded).stream()
                                .map(userId -> new StorageId(component.id(), userId).getId()))
                .findFirst());
  }

  /** As Keycloak's own registration encodes it. */
  private static String encoded(String userId) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(userId.getBytes(StandardCharsets.UTF_8));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.schema.AuthPasskey;
import dev.accesstier.keycloak.schema.AuthPasskeys;
import dev.accesstier.keycloak.schema.NewPasskey;
import dev.accesstier.keycloak.schema.SessionRows;
import jakarta.ws.rs.core.Response.Status;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelDuplicateException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.models.credential.dto.WebAuthnCredentialData;
import org.keycloak.services.ErrorResponse;
import org.keycloak.storage.StorageId;

/**
 * One user's rows of {@code passkeys}, as credentials of type {@code webauthn-passwordless}: in
 * Better Auth a passkey stands for the password, and is no second factor.
 *
 * <p>A registration, a new name and a deletion are written when the request has done all else; so a
 * database that cannot be reached fails the request, and nothing is lost. Should Keycloak's own
 * commit fail after that, the tables have what the user asked for. A use is noted after the commit.
 */
final class Passkeys {

  private final KeycloakSession session;
  private final RealmModel realm;
  private final AuthComponent component;
  private final String userId;
  private final AuthPasskeys table;
  private final SessionRows<AuthPasskey> read;

  /**
   * For one user.
   *
   * @param userId in {@code users}
   */
  Passkeys(KeycloakSession session, RealmModel realm, AuthComponent component, String userId) {
    this.session = session;
    this.realm = realm;
    this.component = component;
    this.userId = userId;
    this.table = new AuthPasskeys(component.database());
    this.read = SessionRows.passkeys(session, component.id());
  }

  boolean any() {
    return !read.of(userId, this::readRows).isEmpty();
  }

  Stream<CredentialModel> all(SeenCounters seenCounters) {
    List<AuthPasskey> rows = read.of(userId, this::readRows);
    if (rows.isEmpty()) {
      return Stream.empty();
    }
    UserCaches.forget(session, realm, new StorageId(component.id(), userId).getId());
    Map<String, Long> seen = seenCounters.all();
    return rows.stream()
        .map(
            row ->
                PasskeyCredential.of(
                    row, Math.max(row.counter(), seen.getOrDefault(row.id(), 0L))));
  }

  /** Takes a new one in; empty where it is Keycloak's own, because the tables cannot have it. */
  Optional<CredentialModel> register(CredentialModel credential) {
    if (!component.writable() || !Database.now(session, table::there)) {
      return Optional.empty();
    }
    NewPasskey passkey = passkey(credential);
    Optional<String> owner = Database.now(session, () -> table.owner(passkey.credentialId()));
    if (owner.isPresent()) {
      return Optional.of(known(credential, owner.get()));
    }
    requireFreeLabel(credential.getUserLabel());
    Database.beforeCommit(session, () -> table.insert(passkey));
    read.forget(userId);
    credential.setId(passkey.id());
    return Optional.of(credential);
  }

  /**
   * Takes over what changed.
   *
   * @return the counter that Keycloak has to remember itself, empty where there is none
   */
  Optional<Long> update(CredentialModel stored, CredentialModel changed) {
    String id = stored.getId();
    String label = changed.getUserLabel();
    if (label != null && !label.equals(stored.getUserLabel())) {
      requireWritable();
      requireFreeLabel(label);
      Database.beforeCommit(session, () -> table.rename(id, label));
      read.forget(userId);
    }
    long counter = data(changed).getCounter();
    if (counter <= data(stored).getCounter()) {
      return Optional.empty();
    }
    if (!component.writable()) {
      return Optional.of(counter);
    }
    Database.afterCommit(session, () -> table.raiseCounter(id, counter));
    return Optional.empty();
  }

  void delete(String id) {
    requireWritable();
    Database.beforeCommit(session, () -> table.delete(id));
    read.forget(userId);
  }

  private List<AuthPasskey> readRows(String id) {
    return Database.now(session, () -> table.of(id)).stream()
        .filter(PasskeyCredential::isReadable)
        .toList();
  }

  /** An import of users brings along what an export has read here. */
  private CredentialModel known(CredentialModel credential, String owner) {
    if (!owner.equals(userId)) {
      throw new ModelDuplicateException("The passkey is another user's");
    }
    return credential;
  }

  private NewPasskey passkey(CredentialModel credential) {
    WebAuthnCredentialData data = data(credential);
    BackupState backup = BackupState.of(session);
    return new NewPasskey(
        NewPasskey.randomId(),
        userId,
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(Base64.getMimeDecoder().decode(data.getCredentialId())),
        data.getCredentialPublicKey(),
        data.getCounter(),
        backup.possible(),
        backup.done(),
        data.getTransports(),
        credential.getUserLabel());
  }

  private static WebAuthnCredentialData data(CredentialModel credential) {
    return WebAuthnCredentialModel.createFromCredentialModel(credential)
        .getWebAuthnCredentialData();
  }

  /**
   * As Keycloak asks for its own credentials, which two alike in a list would not be told apart.
   */
  private void requireFreeLabel(@Nullable String label) {
    if (label != null
        && read.of(userId, this::readRows).stream()
            .map(AuthPasskey::friendlyName)
            .filter(Objects::nonNull)
            .anyMatch(name -> name.trim().equalsIgnoreCase(label.trim()))) {
      throw new ModelDuplicateException(
          "Device already exists with the same name", CredentialModel.USER_LABEL);
    }
  }

  private void requireWritable() {
    if (!component.writable()) {
      throw ErrorResponse.error(
          "Passkeys are kept by the auth schema, which is read-only here", Status.BAD_REQUEST);
    }
  }
}

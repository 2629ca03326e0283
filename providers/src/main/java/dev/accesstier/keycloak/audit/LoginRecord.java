// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.database.AfterCommit;
import dev.accesstier.keycloak.schema.AuthSecurityEvent;
import dev.accesstier.keycloak.schema.CredentialChange;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.models.DefaultActionTokenKey;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.storage.StorageId;
import org.keycloak.util.JsonSerialization;

/**
 * Records in {@code security_events} what users of a component do, once Keycloak has committed it,
 * where the component's {@code securityEvents} is on and the schema may be written.
 */
final class LoginRecord implements EventListenerProvider {

  private static final Pattern USER =
      Pattern.compile("users/([^/]+)(/reset-password|/second-factor)?");

  private static final int MAX_USER_AGENT = 500;

  /** The longest address there is (RFC 5321, section 4.5.3.1), and a little more. */
  private static final int MAX_NAME = 320;

  private final KeycloakSession session;
  private final LoginRecordQueue queue;

  LoginRecord(KeycloakSession session, LoginRecordQueue queue) {
    this.session = session;
    this.queue = queue;
  }

  @Override
  public void onEvent(Event event) {
    SecurityEventType.of(event, cameByMailedLink(), removedSecondFactor(event.getUserId()))
        .ifPresent(
            type ->
                record(
                    event.getRealmId(),
                    event.getUserId(),
                    type,
                    event.getIpAddress(),
                    metadata(event),
                    event.getTime()));
  }

  @Override
  public void onEvent(AdminEvent event, boolean includeRepresentation) {
    Matcher user = USER.matcher(event.getResourcePath() == null ? "" : event.getResourcePath());
    if (event.getError() == null && user.matches()) {
      String userId = user.group(1);
      String path = user.group(2) == null ? "" : user.group(2);
      SecurityEventType.of(event, path).ifPresent(type -> recordByAdmin(event, userId, type));
      if (path.isEmpty()
          && event.getOperationType() == OperationType.UPDATE
          && CredentialChange.PASSWORD_CHANGED.happened(session, userId)) {
        recordByAdmin(event, userId, SecurityEventType.PASSWORD_CHANGED);
      }
    }
  }

  private void recordByAdmin(AdminEvent event, String userId, SecurityEventType type) {
    record(
        event.getRealmId(),
        userId,
        type,
        event.getAuthDetails() == null ? null : event.getAuthDetails().getIpAddress(),
        Map.of("by", "admin"),
        event.getTime());
  }

  private void record(
      String realmId,
      @Nullable String userId,
      SecurityEventType type,
      @Nullable String ipAddress,
      Map<String, String> metadata,
      long millis) {
    component(session.realms().getRealm(realmId), userId)
        .ifPresent(
            component -> {
              AuthSecurityEvent row =
                  new AuthSecurityEvent(
                      userId == null ? null : StorageId.externalId(userId),
                      type.name(),
                      ipAddress,
                      userAgent(),
                      json(metadata),
                      Instant.ofEpochMilli(millis));
              AfterCommit.run(session, () -> queue.add(component.database(), row));
            });
  }

  /** Of a user, or for an unknown name the first of the realm. */
  private Optional<AuthComponent> component(RealmModel realm, @Nullable String userId) {
    return (userId == null
            ? AuthComponents.enabledIn(session, realm)
            : AuthComponents.enabledOf(session, realm, userId).stream())
        .filter(component -> component.writable() && component.securityEvents())
        .findFirst();
  }

  private boolean cameByMailedLink() {
    AuthenticationSessionModel login = session.getContext().getAuthenticationSession();
    return login != null && login.getAuthNote(DefaultActionTokenKey.ACTION_TOKEN_USER_ID) != null;
  }

  private boolean removedSecondFactor(@Nullable String userId) {
    return userId != null && CredentialChange.SECOND_FACTOR_REMOVED.happened(session, userId);
  }

  private static Map<String, String> metadata(Event event) {
    Map<String, String> metadata = new TreeMap<>();
    if (event.getClientId() != null) {
      metadata.put("client", event.getClientId());
    }
    if (event.getError() != null) {
      metadata.put("error", event.getError());
    }
    String name = event.getDetails() == null ? null : event.getDetails().get(Details.USERNAME);
    if (event.getUserId() == null && name != null) {
      // As the service itself has it for a name that nobody has.
      metadata.put("email", Texts.cut(name.replace("\0", ""), MAX_NAME));
    }
    return metadata;
  }

  /** Null for what Keycloak does in threads of its own, some of which pretend to have a request. */
  private @Nullable String userAgent() {
    try {
      HttpHeaders headers = session.getContext().getHttpRequest().getHttpHeaders();
      String agent = headers == null ? null : headers.getHeaderString(HttpHeaders.USER_AGENT);
      return agent == null ? null : Texts.cut(agent, MAX_USER_AGENT);
    } catch (ContextNotActiveException e) {
      return null;
    }
  }

  private static String json(Map<String, String> metadata) {
    try {
      return JsonSerialization.writeValueAsString(metadata);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    // holds nothing
  }
}

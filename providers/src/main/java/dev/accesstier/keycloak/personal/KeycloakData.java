// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.personal;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.accesstier.keycloak.audit.TierTrail;
import dev.accesstier.keycloak.change.TierChange;
import dev.accesstier.keycloak.change.TierSubject;
import dev.accesstier.keycloak.tier.UserTiers;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.credential.CredentialModel;
import org.keycloak.events.Event;
import org.keycloak.events.EventStoreProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.ModelToRepresentation;

/** What Keycloak's own database holds about a user. */
final class KeycloakData {

  private static final int LOT = 1000;

  private final KeycloakSession session;
  private final RealmModel realm;
  private final UserModel user;

  KeycloakData(KeycloakSession session, RealmModel realm, UserModel user) {
    this.session = session;
    this.realm = realm;
    this.user = user;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeObjectField("profile", profile());
    json.writeStringField("accessTier", new UserTiers(session).tierOf(realm, user).value());
    json.writeFieldName("tierHistory");
    writeHistory(json);
    json.writeObjectField(
        "groups",
        user.getGroupsStream().map(ModelToRepresentation::buildGroupPath).sorted().toList());
    json.writeObjectField(
        "roles", user.getRoleMappingsStream().map(KeycloakData::name).sorted().toList());
    json.writeObjectField("requiredActions", user.getRequiredActionsStream().sorted().toList());
    json.writeObjectField("credentials", credentials());
    json.writeObjectField("identityProviders", identityProviders());
    json.writeObjectField("consents", consents());
    json.writeObjectField("sessions", sessions());
    json.writeFieldName("events");
    writeEvents(json);
    json.writeEndObject();
  }

  private Map<String, @Nullable Object> profile() {
    Map<String, @Nullable Object> profile = new LinkedHashMap<>();
    profile.put("id", user.getId());
    profile.put("username", user.getUsername());
    profile.put("enabled", user.isEnabled());
    profile.put("emailVerified", user.isEmailVerified());
    profile.put("createdAt", time(user.getCreatedTimestamp()));
    profile.put("attributes", new TreeMap<>(user.getAttributes()));
    return profile;
  }

  /** Who changed the tier is another person, and not told. */
  private void writeHistory(JsonGenerator json) throws IOException {
    TierTrail trail = new TierTrail(session, realm);
    json.writeStartArray();
    List<TierChange> lot;
    int first = 0;
    do {
      lot = trail.of(TierSubject.USER, user.getId(), first, LOT);
      for (TierChange change : lot) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("at", change.at().toString());
        entry.put("from", change.from());
        entry.put("to", change.to());
        entry.put("reason", change.reason());
        entry.put("source", change.source().value());
        json.writeObject(entry);
      }
      first += LOT;
    } while (lot.size() == LOT);
    json.writeEndArray();
  }

  private static String name(RoleModel role) {
    return role.isClientRole() && role.getContainer() instanceof ClientModel client
        ? client.getClientId() + ":" + role.getName()
        : role.getName();
  }

  private List<Map<String, @Nullable Object>> credentials() {
    return user.credentialManager().getStoredCredentialsStream().map(this::credential).toList();
  }

  private Map<String, @Nullable Object> credential(CredentialModel credential) {
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("type", credential.getType());
    told.put("label", credential.getUserLabel());
    told.put("createdAt", time(credential.getCreatedDate()));
    return told;
  }

  private List<Map<String, @Nullable Object>> identityProviders() {
    return session
        .users()
        .getFederatedIdentitiesStream(realm, user)
        .map(
            link -> {
              Map<String, @Nullable Object> told = new LinkedHashMap<>();
              told.put("identityProvider", link.getIdentityProvider());
              told.put("userId", link.getUserId());
              told.put("userName", link.getUserName());
              return told;
            })
        .toList();
  }

  private List<Map<String, @Nullable Object>> consents() {
    return session.users().getConsentsStream(realm, user.getId()).map(this::consent).toList();
  }

  private Map<String, @Nullable Object> consent(UserConsentModel consent) {
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("client", consent.getClient().getClientId());
    told.put(
        "scopes",
        consent.getGrantedClientScopes().stream().map(scope -> scope.getName()).sorted().toList());
    told.put("createdAt", time(consent.getCreatedDate()));
    told.put("updatedAt", time(consent.getLastUpdatedDate()));
    return told;
  }

  private List<Map<String, @Nullable Object>> sessions() {
    return Stream.concat(
            session.sessions().getUserSessionsStream(realm, user),
            session.sessions().getOfflineUserSessionsStream(realm, user))
        .map(KeycloakData::session)
        .toList();
  }

  private static Map<String, @Nullable Object> session(UserSessionModel session) {
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("startedAt", time(session.getStarted() * 1000L));
    told.put("lastAccessAt", time(session.getLastSessionRefresh() * 1000L));
    told.put("ipAddress", session.getIpAddress());
    told.put("offline", session.isOffline());
    told.put(
        "clients",
        session.getAuthenticatedClientSessions().values().stream()
            .map(client -> client.getClient().getClientId())
            .sorted()
            .toList());
    return told;
  }

  private void writeEvents(JsonGenerator json) throws IOException {
    EventStoreProvider store = session.getProvider(EventStoreProvider.class);
    json.writeStartArray();
    if (store != null) {
      try (Stream<Event> events =
          store
              .createQuery()
              .realm(realm.getId())
              .user(user.getId())
              .orderByDescTime()
              .getResultStream()) {
        for (Iterator<Event> each = events.iterator(); each.hasNext(); ) {
          json.writeObject(event(each.next()));
        }
      }
    }
    json.writeEndArray();
  }

  private static Map<String, @Nullable Object> event(Event event) {
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("at", time(event.getTime()));
    told.put("type", event.getType().name());
    told.put("client", event.getClientId());
    told.put("ipAddress", event.getIpAddress());
    told.put("error", event.getError());
    told.put("details", event.getDetails());
    return told;
  }

  private static @Nullable String time(@Nullable Long milliseconds) {
    return milliseconds == null ? null : Instant.ofEpochMilli(milliseconds).toString();
  }
}

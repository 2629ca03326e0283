package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.Urls;
import org.keycloak.services.util.ResolveRelative;

/** Where a denied user may go on: the overview of apps, or else the account console. */
final class Overview {

  /** Realm attribute with the client id of the overview. */
  private static final String ATTRIBUTE = "access.tier.overview";

  private static final String DEFAULT_CLIENT = "portal";

  private final KeycloakSession session;
  private final RealmModel realm;

  Overview(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
  }

  /** Never an app that would send the user straight back here. */
  String url(TierRefusal refusal) {
    return Optional.ofNullable(realm.getClientByClientId(clientId()))
        .filter(ClientModel::isEnabled)
        .filter(client -> !client.equals(refusal.client()))
        .filter(client -> new TierGate(session).refusal(realm, client, refusal.user()).isEmpty())
        .map(this::baseUrl)
        .filter(url -> !url.isBlank())
        .orElseGet(this::accountConsole);
  }

  private String clientId() {
    String configured = realm.getAttribute(ATTRIBUTE);
    return configured == null || configured.isBlank() ? DEFAULT_CLIENT : configured.trim();
  }

  private String baseUrl(ClientModel client) {
    return ResolveRelative.resolveRelativeUri(session, client.getRootUrl(), client.getBaseUrl());
  }

  private String accountConsole() {
    return Urls.accountBase(session.getContext().getUri().getBaseUri())
        .build(realm.getName())
        .toString();
  }
}

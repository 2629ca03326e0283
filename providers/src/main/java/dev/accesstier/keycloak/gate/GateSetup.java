package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.RequiredTier;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/**
 * Which of the hooks that a realm has to switch on are on. Tokens are refused without them; pages
 * and userinfo are not.
 */
final class GateSetup {

  private static final Logger LOG = Logger.getLogger(GateSetup.class);

  /** Realms already looked at: the answer is worth one warning, not one per token. */
  private static final Set<String> CHECKED = ConcurrentHashMap.newKeySet();

  private GateSetup() {}

  /** Called for the clients of a token; looks at a realm once, at its first gated client. */
  static void warnIfIncomplete(KeycloakSession session, RealmModel realm, ClientModel client) {
    if (RequiredTier.of(client) instanceof RequiredTier.None || !CHECKED.add(realm.getId())) {
      return;
    }
    if (!hasRequiredAction(realm)) {
      LOG.warnf(
          "Realm %s has clients with a required tier, but its required action %s is off: tokens are"
              + " refused, while logins in a browser and over SAML are not",
          realm.getName(), TierRequiredActionFactory.ID);
    }
    if (!hasUserInfoPolicy(session, realm)) {
      LOG.warnf(
          "Realm %s has clients with a required tier, but no client policy with the executor %s: a"
              + " token issued before a demotion still opens userinfo",
          realm.getName(), UserInfoExecutorFactory.ID);
    }
  }

  /** Whether logins in a browser are refused. */
  static boolean hasRequiredAction(RealmModel realm) {
    RequiredActionProviderModel action =
        realm.getRequiredActionProviderByAlias(TierRequiredActionFactory.ID);
    return action != null && action.isEnabled();
  }

  /**
   * Whether some enabled policy carries the executor; which clients it selects is not looked at.
   */
  static boolean hasUserInfoPolicy(KeycloakSession session, RealmModel realm) {
    try {
      Set<String> profiles =
          session.clientPolicy().getClientProfiles(realm, false).getProfiles().stream()
              .filter(GateSetup::hasExecutor)
              .map(ClientProfileRepresentation::getName)
              .collect(Collectors.toSet());
      return session.clientPolicy().getClientPolicies(realm, false).getPolicies().stream()
          .filter(policy -> Boolean.TRUE.equals(policy.isEnabled()))
          .map(ClientPolicyRepresentation::getProfiles)
          .flatMap(List::stream)
          .anyMatch(profiles::contains);
    } catch (ClientPolicyException e) {
      LOG.warnf(e, "The client policies of realm %s cannot be read", realm.getName());
      return false;
    }
  }

  private static boolean hasExecutor(ClientProfileRepresentation profile) {
    return profile.getExecutors().stream()
        .map(ClientPolicyExecutorRepresentation::getExecutorProviderId)
        .anyMatch(UserInfoExecutorFactory.ID::equals);
  }
}

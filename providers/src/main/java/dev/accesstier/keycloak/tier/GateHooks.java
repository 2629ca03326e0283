// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/** The hooks of the gate that a realm has to switch on, and whether it has. */
public final class GateHooks {

  /** Id of the required action that refuses logins in a browser. */
  public static final String REQUIRED_ACTION = "access-tier-gate";

  /** Id of the client policy executor that refuses userinfo. */
  public static final String USERINFO_EXECUTOR = "access-tier-userinfo";

  private static final Logger LOG = Logger.getLogger(GateHooks.class);

  private GateHooks() {}

  /** Whether logins in a browser are refused. */
  public static boolean hasRequiredAction(RealmModel realm) {
    RequiredActionProviderModel action = realm.getRequiredActionProviderByAlias(REQUIRED_ACTION);
    return action != null && action.isEnabled();
  }

  /**
   * Whether some enabled policy carries the executor; which clients it selects is not looked at.
   */
  public static boolean hasUserInfoPolicy(KeycloakSession session, RealmModel realm) {
    try {
      Set<String> profiles =
          session.clientPolicy().getClientProfiles(realm, false).getProfiles().stream()
              .filter(GateHooks::hasExecutor)
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
        .anyMatch(USERINFO_EXECUTOR::equals);
  }
}

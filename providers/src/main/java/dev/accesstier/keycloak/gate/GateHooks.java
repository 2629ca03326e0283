// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    return requiredAction(realm).isPresent();
  }

  /**
   * What the realm calls the required action while it is on: a realm file may give it another alias
   * than its id, and Keycloak then knows a login's actions by that alias alone.
   */
  public static Optional<String> requiredAction(RealmModel realm) {
    return realm
        .getRequiredActionProvidersStream()
        .filter(action -> REQUIRED_ACTION.equals(action.getProviderId()) && action.isEnabled())
        .map(RequiredActionProviderModel::getAlias)
        .findFirst();
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
          .filter(Objects::nonNull)
          .flatMap(List::stream)
          .anyMatch(profiles::contains);
    } catch (ClientPolicyException e) {
      LOG.warnf(e, "The client policies of realm %s cannot be read", realm.getName());
      return false;
    }
  }

  private static boolean hasExecutor(ClientProfileRepresentation profile) {
    // Keycloak stores a profile that came without the list as it came.
    return Stream.ofNullable(profile.getExecutors())
        .flatMap(List::stream)
        .map(ClientPolicyExecutorRepresentation::getExecutorProviderId)
        .anyMatch(USERINFO_EXECUTOR::equals);
  }
}

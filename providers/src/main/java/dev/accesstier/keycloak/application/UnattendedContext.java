// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyEvent;
import org.keycloak.services.clientpolicy.context.ClientCRUDContext;

/**
 * A client that is made or changed without anybody asking, for the realm's client policies.
 *
 * @param wanted what it is to be
 * @param target null for a new one
 */
record UnattendedContext(
    ClientPolicyEvent event, ClientRepresentation wanted, @Nullable ClientModel target)
    implements ClientCRUDContext {

  @Override
  public ClientPolicyEvent getEvent() {
    return event;
  }

  @Override
  public ClientRepresentation getProposedClientRepresentation() {
    return wanted;
  }

  @Override
  public @Nullable ClientModel getTargetClient() {
    return target;
  }
}

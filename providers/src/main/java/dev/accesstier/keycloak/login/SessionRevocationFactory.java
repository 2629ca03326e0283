// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import java.util.regex.Pattern;
import org.keycloak.Config;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.UserModel;

/** Registers {@link SessionRevocation} for every realm, without an entry in its listeners. */
public final class SessionRevocationFactory implements EventListenerProviderFactory {

  private static final Pattern ALL_SESSIONS =
      Pattern.compile(".*/realms/[^/]+/account(/v\\d[^/]*)?/sessions/?");

  @Override
  public String getId() {
    return "better-auth-session-revocation";
  }

  @Override
  public boolean isGlobal() {
    return true;
  }

  @Override
  public EventListenerProvider create(KeycloakSession session) {
    SessionRevocation revocation = new SessionRevocation(session);
    if (signsOutEverywhere(session)) {
      endAllOfCaller(session, revocation);
    }
    return revocation;
  }

  /**
   * The account console's "sign out all devices". Keycloak reports an event for each of its other
   * sessions, and none at all where it has no other: but Better Auth may have some. It asks for
   * listeners at the beginning of every request, which is the only moment to notice that.
   */
  private static boolean signsOutEverywhere(KeycloakSession session) {
    return CurrentRequest.of(session)
        .filter(request -> "DELETE".equals(request.getHttpMethod()))
        .filter(request -> ALL_SESSIONS.matcher(request.getUri().getPath()).matches())
        .isPresent();
  }

  /** Just before the commit, when Keycloak has admitted the caller. */
  private static void endAllOfCaller(KeycloakSession session, SessionRevocation revocation) {
    session
        .getTransactionManager()
        .enlistPrepare(
            new AbstractKeycloakTransaction() {
              @Override
              protected void commitImpl() {
                UserModel caller = session.getContext().getUser();
                if (caller != null) {
                  revocation.endAllNow(session.getContext().getRealm(), caller);
                }
              }

              @Override
              protected void rollbackImpl() {
                // refused, or failed
              }
            });
  }

  @Override
  public void init(Config.Scope config) {
    // nothing to configure
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    // nothing to prepare
  }

  @Override
  public void close() {
    // nothing to release
  }
}

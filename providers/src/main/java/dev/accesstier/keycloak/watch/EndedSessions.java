// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import dev.accesstier.keycloak.people.SignedInUsers;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.session.UserSessionPersisterProvider;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.storage.adapter.InMemoryUserAdapter;

/**
 * Ends the sessions of users whom another service deleted or banned, and those with apps that a
 * demoted user may no longer enter. One node at a time does it; what has ended is not ended again.
 */
final class EndedSessions {

  private static final Logger LOG = Logger.getLogger(EndedSessions.class);

  private static final int LOCK_SECONDS = 60;

  /** Beyond it the turn alone finds who is deleted, and the gate refuses who is demoted. */
  private static final int MOST_PENDING = 100_000;

  private final String realmId;
  private final String componentId;
  private final Set<String> pending = new LinkedHashSet<>();
  private String lastOfTurn = "";

  EndedSessions(String realmId, String componentId) {
    this.realmId = realmId;
    this.componentId = componentId;
  }

  /** Users whose rows were written, for the next turn. */
  void lookAt(Collection<String> ids) {
    if (pending.size() < MOST_PENDING) {
      pending.addAll(ids);
    }
  }

  /**
   * Looks at those who were named, and at a lot of those who are signed in. While another node does
   * so, the next turn will.
   *
   * @param reader gives the rows that there are, by Keycloak's id
   */
  void turn(
      KeycloakSession session,
      RealmModel realm,
      Function<Collection<String>, Map<String, AuthUser>> reader) {
    session
        .getProvider(ClusterProvider.class)
        .executeIfNotExecuted(
            "access-tier-sessions-" + componentId,
            LOCK_SECONDS,
            () -> {
              look(session, new SignedInUsers(session, realm), reader);
              return true;
            });
  }

  private void look(
      KeycloakSession session,
      SignedInUsers signedIn,
      Function<Collection<String>, Map<String, AuthUser>> reader) {
    Set<String> written = new HashSet<>();
    lots(pending).forEach(lot -> written.addAll(signedIn.among(lot)));
    List<String> next = signedIn.after(componentId, lastOfTurn, DatabaseWatch.LOT);
    Set<String> all = new LinkedHashSet<>(written);
    all.addAll(next);
    for (List<String> lot : lots(all)) {
      Map<String, AuthUser> found = reader.apply(lot);
      for (String id : lot) {
        AuthUser user = found.get(id);
        if (user == null || user.shut()) {
          String reason = user == null ? "user_deleted" : "user_disabled";
          inRealm(session, id, (within, realm) -> end(within, realm, id, reason));
        } else if (written.contains(id)) {
          inRealm(session, id, (within, realm) -> endWithClosedApps(within, realm, id));
        }
      }
    }
    pending.clear();
    lastOfTurn = next.size() < DatabaseWatch.LOT ? "" : next.get(next.size() - 1);
  }

  private static List<List<String>> lots(Collection<String> ids) {
    List<String> list = List.copyOf(ids);
    List<List<String>> lots = new ArrayList<>();
    for (int from = 0; from < list.size(); from += DatabaseWatch.LOT) {
      lots.add(list.subList(from, Math.min(from + DatabaseWatch.LOT, list.size())));
    }
    return lots;
  }

  /** In a transaction of its own: what fails for one user must not keep the others' sessions. */
  private void inRealm(
      KeycloakSession session, String id, BiConsumer<KeycloakSession, RealmModel> work) {
    try {
      KeycloakModelUtils.runJobInTransaction(
          session.getKeycloakSessionFactory(),
          job -> {
            RealmModel realm = job.realms().getRealm(realmId);
            if (realm != null) {
              job.getContext().setRealm(realm);
              work.accept(job, realm);
            }
          });
    } catch (RuntimeException e) {
      LOG.warnf(e, "The sessions of user %s could not be ended", id);
    }
  }

  private static void end(KeycloakSession session, RealmModel realm, String id, String reason) {
    UserModel user = session.users().getUserById(realm, id);
    if (user == null) {
      // Nobody is left to tell the apps of. Keycloak drops a session without a user at its next
      // use.
      session
          .getProvider(UserSessionPersisterProvider.class)
          .onUserRemoved(realm, new InMemoryUserAdapter(session, realm, id));
    } else {
      List<UserSessionModel> all = sessions(session, realm, user);
      BackgroundRequest.begin(session, all);
      all.forEach(one -> logout(session, realm, one));
    }
    event(session, realm, id).detail(Details.REASON, reason).success();
    LOG.infof("User %s was deleted or banned elsewhere: signed out", id);
  }

  private static List<UserSessionModel> sessions(
      KeycloakSession session, RealmModel realm, UserModel user) {
    return Stream.concat(
            session.sessions().getUserSessionsStream(realm, user),
            session.sessions().getOfflineUserSessionsStream(realm, user))
        .toList();
  }

  private static void logout(KeycloakSession session, RealmModel realm, UserSessionModel one) {
    AuthenticationManager.backchannelLogout(
        session, realm, one, session.getContext().getUri(), null, null, true);
  }

  /** Offline sessions stay: they are of no use while the tier is too low, and afterwards again. */
  private static void endWithClosedApps(KeycloakSession session, RealmModel realm, String id) {
    UserModel user = session.users().getUserById(realm, id);
    if (user == null) {
      return;
    }
    TierGate gate = new TierGate(session);
    List<UserSessionModel> all = session.sessions().getUserSessionsStream(realm, user).toList();
    BackgroundRequest.begin(session, all);
    for (UserSessionModel one : all) {
      for (AuthenticatedClientSessionModel app :
          List.copyOf(one.getAuthenticatedClientSessions().values())) {
        Optional<TierRefusal> refusal = gate.refusal(realm, app.getClient(), user);
        if (refusal.isPresent()) {
          AuthenticationManager.backchannelLogoutUserSessionFromClient(
              session, realm, one, app.getClient(), session.getContext().getUri(), null);
          refusal
              .get()
              .describe(event(session, realm, id).client(app.getClient()).session(one))
              .success();
          LOG.infof(
              "User %s may no longer enter app %s: signed out of it",
              id, app.getClient().getClientId());
        }
      }
    }
  }

  private static EventBuilder event(KeycloakSession session, RealmModel realm, String id) {
    return new EventBuilder(realm, session).event(EventType.LOGOUT).user(id);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierChanges;
import java.util.function.Function;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.fgap.AdminPermissions;

/**
 * Does the parts of a long request, each in a session and a transaction of its own, so that neither
 * is held from its beginning to its end. The request's own session has ended before.
 */
final class AdminTransactions {

  private final KeycloakSession request;
  private final KeycloakSessionFactory factory;
  private final String realmId;
  private final ChangeAuthor author;
  private final boolean mayManageAll;
  private final AccessToken token;

  private AdminTransactions(AdminRequest admin) {
    this.request = admin.session();
    this.factory = request.getKeycloakSessionFactory();
    this.realmId = admin.realm().getId();
    this.author = admin.author();
    this.mayManageAll = admin.may().mayManageEveryone();
    this.token = admin.may().admin().getToken();
  }

  /** Ends the transaction of the request, which has checked what the admin may do. */
  static AdminTransactions instead(AdminRequest admin) {
    AdminTransactions jobs = new AdminTransactions(admin);
    admin.commit();
    return jobs;
  }

  /** Committed when it returns. */
  <T> T run(Function<Job, T> work) {
    return KeycloakModelUtils.runJobInTransactionWithResult(
        factory,
        request.getContext(),
        session -> {
          RealmModel realm = session.realms().getRealm(realmId);
          session.getContext().setRealm(realm);
          return work.apply(new Job(session, realm));
        },
        "access tiers");
  }

  /** One part. */
  final class Job {

    final KeycloakSession session;
    final RealmModel realm;
    private final Permissions may;

    private Job(KeycloakSession session, RealmModel realm) {
      this.session = session;
      this.realm = realm;
      this.may = evaluator();
    }

    TierChanges changes(ChangeSource source) {
      return new TierChanges(session, author, source);
    }

    /** The admin's request as if it were made now. */
    AdminRequest request() {
      return new AdminRequest(session, realm, may);
    }

    /** Who asks. */
    AdminAuth admin() {
      return may.admin();
    }

    boolean mayManage(UserModel user) {
      return mayManageAll || may.mayManage(user);
    }

    private Permissions evaluator() {
      RealmModel from = session.realms().getRealm(String.valueOf(author.realmId()));
      UserModel admin = session.users().getUserById(from, String.valueOf(author.userId()));
      ClientModel client = from.getClientByClientId(String.valueOf(author.clientId()));
      return new Permissions(
          session,
          realm,
          AdminPermissions.evaluator(session, realm, new AdminAuth(from, token, admin, client)));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.admin.OperationType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.AdminEventBuilder;

/** Reports changes as Keycloak's admin events, which the realm stores when it has them enabled. */
final class TierEvents {

  /** Resource type of the events. */
  private static final String RESOURCE_TYPE = "ACCESS_TIER";

  private TierEvents() {}

  /** Nothing where no admin made the change: an admin event has one. */
  static void report(KeycloakSession session, RealmModel realm, TierChange change) {
    ChangeAuthor author = change.author();
    RealmModel from = author.realmId() == null ? null : session.realms().getRealm(author.realmId());
    if (from == null || author.userId() == null || author.clientId() == null) {
      return;
    }
    UserModel admin = session.users().getUserById(from, author.userId());
    ClientModel client = from.getClientByClientId(author.clientId());
    if (admin == null || client == null) {
      return;
    }
    Map<String, String> values = new LinkedHashMap<>();
    values.put("from", text(change.from()));
    values.put("to", text(change.to()));
    values.put("reason", text(change.reason()));
    values.values().removeIf(String::isEmpty);
    AdminEventBuilder event =
        new AdminEventBuilder(
                realm,
                new AdminAuth(from, new AccessToken(), admin, client),
                session,
                session.getContext().getConnection())
            .authIpAddress(author.ip())
            .operation(OperationType.UPDATE)
            .resource(RESOURCE_TYPE)
            .resourcePath(
                change.subject() == TierSubject.USER ? "users" : "clients", change.subjectId())
            .representation(values);
    values.forEach(event::detail);
    event.success();
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}

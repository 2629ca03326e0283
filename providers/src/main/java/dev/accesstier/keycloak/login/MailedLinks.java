// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.models.UserModel.RequiredAction;
import org.keycloak.services.messages.Messages;
import org.keycloak.services.resources.LoginActionsService;

/**
 * The links that Better Auth mailed before the switch. Following one changes nothing: the person is
 * sent on to Keycloak's own page that asks for a confirmation, as mail scanners follow links too.
 */
public final class MailedLinks {

  private static final String PASSWORD_READ_ONLY = "accessTierPasswordReadOnly";

  private final KeycloakSession session;
  private final RealmModel realm;

  public MailedLinks(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
  }

  /**
   * {@code reset-password/{token}}.
   *
   * @param callbackUrl where to offer to go on afterwards; of no effect unless a redirect URI
   */
  public Response resetPassword(String token, @Nullable String callbackUrl) {
    return realm.isResetPasswordAllowed() && hasUpdatePassword()
        ? follow(MailedLink.RESET_PASSWORD, token, callbackUrl)
        : error(
            MailedLink.RESET_PASSWORD,
            Status.BAD_REQUEST,
            Errors.NOT_ALLOWED,
            Messages.RESET_CREDENTIAL_NOT_ALLOWED);
  }

  /**
   * {@code magic-link?token=…}.
   *
   * @param callbackUrl where to go afterwards; the account console unless a redirect URI
   */
  public Response magicLink(@Nullable String token, @Nullable String callbackUrl) {
    return follow(MailedLink.MAGIC_LINK, token == null ? "" : token, callbackUrl);
  }

  private Response follow(MailedLink kind, String token, @Nullable String callbackUrl) {
    if (!MailedLinksAllowed.in(realm).has(kind)) {
      return error(kind, Status.BAD_REQUEST, Errors.NOT_ALLOWED, MailedLinkHandler.USED_UP);
    }
    try {
      Optional<MailedLinkRows.Usable> link =
          new MailedLinkRows(session, realm).byToken(kind, token);
      if (link.isEmpty()) {
        return error(kind, Status.BAD_REQUEST, Errors.EXPIRED_CODE, MailedLinkHandler.USED_UP);
      }
      if (link.get().isLockedOut(session, realm)) {
        return error(
            kind,
            Status.FORBIDDEN,
            Errors.USER_TEMPORARILY_DISABLED,
            MailedLinkHandler.LOCKED_MESSAGE);
      }
      if (link.get().skipsSecondFactor()) {
        return error(
            kind, Status.FORBIDDEN, Errors.NOT_ALLOWED, MailedLinkHandler.SECOND_FACTOR_MESSAGE);
      }
      if (link.get().leavesUnprovenPassword()) {
        return error(
            kind, Status.FORBIDDEN, Errors.NOT_ALLOWED, MailedLinkHandler.UNVERIFIED_MESSAGE);
      }
      if (kind == MailedLink.RESET_PASSWORD && !link.get().component().writable()) {
        return error(kind, Status.BAD_REQUEST, Errors.NOT_ALLOWED, PASSWORD_READ_ONLY);
      }
      return confirm(link.get(), CallbackUrl.of(session, realm, callbackUrl).orElse(null));
    } catch (AuthDatabaseException e) {
      return error(
          kind,
          Status.SERVICE_UNAVAILABLE,
          "temporarily_unavailable",
          MailedLinkHandler.UNAVAILABLE);
    }
  }

  private Response confirm(MailedLinkRows.Usable link, @Nullable CallbackUrl callback) {
    String key =
        new MailedLinkToken(link, callback)
            .serialize(session, realm, session.getContext().getUri());
    URI page =
        LoginActionsService.actionTokenProcessor(session.getContext().getUri())
            .queryParam("key", key)
            .build(realm.getName());
    return Response.status(Status.FOUND)
        .location(page)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .header("Referrer-Policy", "no-referrer")
        .build();
  }

  private boolean hasUpdatePassword() {
    RequiredActionProviderModel action =
        realm.getRequiredActionProviderByAlias(RequiredAction.UPDATE_PASSWORD.name());
    return action != null && action.isEnabled();
  }

  private Response error(MailedLink kind, Status status, String error, String message) {
    new EventBuilder(realm, session, session.getContext().getConnection())
        .event(EventType.EXECUTE_ACTION_TOKEN)
        .detail(Details.ACTION, MailedLinkToken.TYPE)
        .error(error);
    return LinkPage.refusal(session, realm, kind, status, message);
  }
}

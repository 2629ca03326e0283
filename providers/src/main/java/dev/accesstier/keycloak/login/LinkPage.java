// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.Urls;
import org.keycloak.services.resources.LoginActionsService;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The pages of a link that Better Auth mailed, drawn with {@value #TEMPLATE}. */
final class LinkPage {

  private static final String TEMPLATE = "access-tier-link.ftl";

  private LinkPage() {}

  /** What the link does, for who opened it to agree to: a mail program may open links as well. */
  static Response confirm(
      KeycloakSession session,
      AuthenticationSessionModel login,
      MailedLink kind,
      String email,
      String actionUri) {
    boolean signsIn = kind == MailedLink.MAGIC_LINK;
    return form(session)
        .setAuthenticationSession(login)
        .setUser(login.getAuthenticatedUser())
        .setAttribute("accessTierTitle", signsIn ? "doLogIn" : "accessTierLinkNewPassword")
        .setAttribute(
            "accessTierSentence",
            signsIn ? "accessTierConfirmSignIn" : "accessTierLinkNewPasswordFor")
        .setAttribute("accessTierPerson", email)
        .setAttribute("accessTierNext", actionUri)
        .setAttribute("accessTierNextLabel", signsIn ? "doLogIn" : "doContinue")
        .createForm(TEMPLATE);
  }

  /**
   * Why it does nothing, with a way to sign in, and where the link was for a new password a way to
   * another mail.
   *
   * @param sentence key of a message
   */
  static Response refusal(
      KeycloakSession session, RealmModel realm, MailedLink kind, Status status, String sentence) {
    LoginFormsProvider form =
        form(session)
            .setAttribute("accessTierTitle", "accessTierLinkNoMore")
            .setAttribute("accessTierSentence", sentence)
            .setAttribute(
                "accessTierNext",
                Urls.accountBase(session.getContext().getUri().getBaseUri())
                    .build(realm.getName())
                    .toString())
            .setAttribute("accessTierNextLabel", "accessTierLinkSignIn");
    if (kind == MailedLink.RESET_PASSWORD && realm.isResetPasswordAllowed()) {
      form.setAttribute(
          "accessTierNewMail",
          LoginActionsService.loginActionsBaseUrl(session.getContext().getUri())
              .path(LoginActionsService.RESET_CREDENTIALS_PATH)
              .queryParam("client_id", Constants.ACCOUNT_CONSOLE_CLIENT_ID)
              .build(realm.getName())
              .toString());
    }
    return Response.fromResponse(form.createForm(TEMPLATE)).status(status).build();
  }

  private static LoginFormsProvider form(KeycloakSession session) {
    return session.getProvider(LoginFormsProvider.class);
  }
}

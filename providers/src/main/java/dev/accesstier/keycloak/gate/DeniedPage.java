// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.ClientTierSettings;
import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;

/** The page that tells a person which tier they have and which one the app asks for. */
final class DeniedPage {

  /** Message key for the case that only an error page can be shown. */
  static final String SHORT_MESSAGE = "accessTierDeniedShort";

  private static final String TEMPLATE = "access-tier-denied.ftl";

  /** Name of the button that sends the refusal to the app. */
  static final String BACK = "access-tier-back";

  private DeniedPage() {}

  static Response of(RequiredActionContext context, TierRefusal refusal) {
    ClientModel client = refusal.client();
    Overview next = Overview.of(context.getSession(), refusal);
    LoginFormsProvider form =
        context
            .form()
            .setAttribute("accessTierPerson", account(refusal.user()))
            .setAttribute("accessTierUser", refusal.tier().value())
            .setAttribute("accessTierNext", next.url())
            .setAttribute("accessTierNextLabel", next.label());
    if (RefusedLogin.canBeTold(context)) {
      form.setAttribute("accessTierBack", BACK);
    }
    if (refusal.isOpenToSomeone()) {
      form.setAttribute("accessTierRequired", refusal.requiredValue());
    }
    String note = note(context, client);
    if (note != null) {
      form.setAttribute("accessTierNote", note);
    }
    return Response.fromResponse(form.createForm(TEMPLATE)).status(Status.FORBIDDEN).build();
  }

  /** What a person knows their account by. */
  private static String account(UserModel user) {
    return Optional.ofNullable(user.getEmail())
        .filter(email -> !email.isBlank())
        .orElseGet(user::getUsername);
  }

  private static @Nullable String note(RequiredActionContext context, ClientModel client) {
    Locale locale = context.getSession().getContext().resolveLocale(context.getUser());
    return new ClientTierSettings(client).note(locale);
  }
}

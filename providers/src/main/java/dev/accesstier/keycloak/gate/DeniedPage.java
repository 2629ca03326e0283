// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;

/** The page that tells a person which tier they have and which one the app asks for. */
final class DeniedPage {

  /** Message key for the case that only an error page can be shown. */
  static final String SHORT_MESSAGE = "accessTierDeniedShort";

  private static final String TEMPLATE = "access-tier-denied.ftl";

  /** Client attribute with a sentence for this page; {@code .de} and so on for one language. */
  private static final String NOTE = "access.tier.note";

  private DeniedPage() {}

  static Response of(RequiredActionContext context, TierRefusal refusal) {
    ClientModel client = refusal.client();
    Overview next = Overview.of(context.getSession(), refusal);
    LoginFormsProvider form =
        context
            .form()
            .setAttribute("accessTierUser", refusal.tier().value())
            .setAttribute("accessTierNext", next.url())
            .setAttribute("accessTierNextLabel", next.label());
    if (refusal.isOpenToSomeone()) {
      form.setAttribute("accessTierRequired", refusal.requiredValue());
    }
    String note = note(context, client);
    if (note != null) {
      form.setAttribute("accessTierNote", note);
    }
    return Response.fromResponse(form.createForm(TEMPLATE)).status(Status.FORBIDDEN).build();
  }

  private static @Nullable String note(RequiredActionContext context, ClientModel client) {
    KeycloakSession session = context.getSession();
    Locale locale = session.getContext().resolveLocale(context.getUser());
    return Stream.of(NOTE + '.' + locale.toLanguageTag(), NOTE + '.' + locale.getLanguage(), NOTE)
        .map(client::getAttribute)
        .filter(value -> value != null && !value.isBlank())
        .findFirst()
        .orElse(null);
  }
}

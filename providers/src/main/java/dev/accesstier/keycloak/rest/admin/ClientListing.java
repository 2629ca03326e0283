// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.tier.ClientTierSettings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;

/**
 * What an app shows of itself: in lists of apps, and to those who are refused. In a request, what
 * is left out stays.
 *
 * @param description by language tag, {@value ClientTierSettings#ANY_LANGUAGE} for all others
 * @param note for those who are refused, likewise
 * @param archived whether lists leave the app out
 * @param comingSoon whether lists announce it
 */
record ClientListing(
    @Nullable Map<String, @Nullable String> description,
    @Nullable Map<String, @Nullable String> note,
    @Nullable Boolean archived,
    @Nullable Boolean comingSoon) {

  private static final int LONGEST = 1000;

  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");

  static ClientListing of(ClientModel client) {
    ClientTierSettings settings = new ClientTierSettings(client);
    return new ClientListing(
        settings.descriptions(), settings.notes(), settings.archived(), settings.comingSoon());
  }

  /**
   * Commits, with an admin event as Keycloak writes for a client.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 400 when a text is too long
   */
  ClientListing save(AdminRequest admin, ClientModel client) {
    check("description", description);
    check("note", note);
    ClientTierSettings settings = new ClientTierSettings(client);
    if (description != null) {
      settings.describe(description);
    }
    if (note != null) {
      settings.note(note);
    }
    if (archived != null) {
      settings.archive(archived);
    }
    if (comingSoon != null) {
      settings.announce(comingSoon);
    }
    ClientListing saved = of(client);
    RealmModel realm = admin.realm();
    new AdminEventBuilder(
            realm,
            admin.may().admin(),
            admin.session(),
            admin.session().getContext().getConnection())
        .operation(OperationType.UPDATE)
        .resource(ResourceType.CLIENT)
        .resourcePath("clients", client.getId(), "access-tier", "listing")
        .representation(saved)
        .success();
    admin.commit();
    return saved;
  }

  private static void check(String field, @Nullable Map<String, @Nullable String> texts) {
    if (texts == null) {
      return;
    }
    texts.forEach(
        (language, text) -> {
          if (!language.equals(ClientTierSettings.ANY_LANGUAGE)
              && !LANGUAGE.matcher(language).matches()) {
            throw Json.bad(
                field
                    + " must name languages like en or pt-BR, or "
                    + ClientTierSettings.ANY_LANGUAGE);
          }
          if (text != null
              && (text.length() > LONGEST
                  || text.indexOf('\0') >= 0
                  || !StandardCharsets.UTF_8.newEncoder().canEncode(text))) {
            throw Json.bad(field + " must be text of at most " + LONGEST + " characters");
          }
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.audit.TrailFilter;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierSubject;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.RequestParameters;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * Which entries of the trail a request means. People are named by email, username or id, those who
 * are gone by id alone; a name of somebody the admin may not see finds nothing.
 */
final class TrailParameters {

  private static final int LONGEST = 255;

  private TrailParameters() {}

  /**
   * @throws org.keycloak.services.ErrorResponseException with status 400 when one cannot be read
   */
  static TrailFilter of(AdminRequest admin, MultivaluedMap<String, String> query) {
    String user = text("user", query);
    String client = text("client", query);
    String by = text("by", query);
    if (user != null && client != null) {
      throw Json.bad("Give either user or client");
    }
    return new TrailFilter(
        user != null ? TierSubject.USER : client != null ? TierSubject.CLIENT : subject(query),
        user != null ? users(admin, user) : client != null ? clients(admin, client) : null,
        by == null ? null : authors(admin, by),
        RequestParameters.optionalTier(query.getFirst("tier")).map(AccessTier::value).orElse(null),
        source(query.getFirst("source")),
        UserSearchParameters.moment("from", query.getFirst("from")),
        UserSearchParameters.moment("until", query.getFirst("until")));
  }

  private static @Nullable String text(String name, MultivaluedMap<String, String> query) {
    String text = query.getFirst(name);
    if (text == null || text.isBlank()) {
      return null;
    }
    if (text.length() > LONGEST || !SessionUsers.storable(text)) {
      throw Json.bad(name + " must be text of at most " + LONGEST + " characters");
    }
    return text.strip();
  }

  private static @Nullable TierSubject subject(MultivaluedMap<String, String> query) {
    String text = query.getFirst("subject");
    if (text == null || text.isEmpty()) {
      return null;
    }
    return Arrays.stream(TierSubject.values())
        .filter(subject -> subject.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(() -> Json.bad("subject must be user or client"));
  }

  private static @Nullable ChangeSource source(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    return Arrays.stream(ChangeSource.values())
        .filter(source -> source.value().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                Json.bad(
                    "source must be one of: "
                        + String.join(
                            ", ",
                            Arrays.stream(ChangeSource.values())
                                .map(ChangeSource::value)
                                .toList())));
  }

  private static Set<String> users(AdminRequest admin, String name) {
    Set<String> ids = new HashSet<>(Set.of(name));
    named(admin, admin.realm(), name)
        .filter(admin.may()::mayView)
        .map(UserModel::getId)
        .forEach(ids::add);
    if (FoundUser.byId(admin.session(), admin.realm(), name) instanceof FoundUser.One one
        && admin.may().mayView(one.user())) {
      ids.add(one.user().getId());
    }
    return ids;
  }

  private static Set<String> clients(AdminRequest admin, String name) {
    Set<String> ids = new HashSet<>(Set.of(name));
    ClientModel client = admin.realm().getClientByClientId(name);
    if (client != null && admin.may().mayView(client)) {
      ids.add(client.getId());
    }
    return ids;
  }

  /** Admins of the realm, and those of the server. */
  private static Set<String> authors(AdminRequest admin, String name) {
    Set<String> ids = new HashSet<>(Set.of(name));
    RealmModel ofServer = admin.session().realms().getRealmByName(Config.getAdminRealm());
    Stream.of(admin.realm(), ofServer)
        .distinct()
        .flatMap(
            realm -> named(admin, realm, name).filter(user -> admin.may().mayName(realm, user)))
        .map(UserModel::getId)
        .forEach(ids::add);
    return ids;
  }

  private static Stream<UserModel> named(AdminRequest admin, RealmModel realm, String name) {
    return Stream.of(
            admin.session().users().getUserByUsername(realm, name),
            admin.session().users().getUserByEmail(realm, name))
        .flatMap(Stream::ofNullable);
  }
}

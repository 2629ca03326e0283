// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.AuthVerification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;
import org.keycloak.util.JsonSerialization;

/**
 * What Better Auth mails, and how its token is found in {@code verification}: as it is, or with
 * {@code storeIdentifier} or {@code storeToken} set to {@code hashed} as base64url(SHA-256), as
 * seen in Better Auth 1.5.6 and 1.7.25.
 */
enum MailedLink {

  /** Identifier {@code reset-password:<token>}, value the user's id. */
  RESET_PASSWORD {
    @Override
    Set<String> identifiers(String token) {
      String identifier = "reset-password:" + token;
      return Set.of(identifier, hashed(identifier));
    }

    @Override
    @Nullable String userId(
        KeycloakSession session, RealmModel realm, String componentId, AuthVerification row) {
      return new StorageId(componentId, row.value()).getId();
    }

    @Override
    boolean isFor(AuthVerification row, AuthUser user) {
      return user.id().equals(row.value());
    }
  },

  /**
   * Identifier the token, value {@code {"email":…,"attempt":0}}; an attempt is a use. Since Better
   * Auth 1.7.7 identifier {@code magic-link:<token>} and value {@code
   * {"type":"magic-link","email":…}}.
   */
  MAGIC_LINK {
    @Override
    Set<String> identifiers(String token) {
      String once = hashed(token);
      Stream<String> stored =
          Stream.of(once, hashed(once), NAMED + once, hashed(NAMED + token), hashed(NAMED + once));
      // A token of that length may be a hash read from the table, and must not count as its token.
      Stream<String> plain =
          token.length() == once.length() ? Stream.empty() : Stream.of(token, NAMED + token);
      return Stream.concat(stored, plain).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    @Nullable String userId(
        KeycloakSession session, RealmModel realm, String componentId, AuthVerification row) {
      String email = email(row);
      UserModel user = email == null ? null : session.users().getUserByEmail(realm, email);
      return user != null && componentId.equals(new StorageId(user.getId()).getProviderId())
          ? user.getId()
          : null;
    }

    @Override
    boolean isFor(AuthVerification row, AuthUser user) {
      return user.email().equalsIgnoreCase(email(row));
    }

    private static final String NAMED = "magic-link:";

    private @Nullable String email(AuthVerification row) {
      JsonNode email = unused(row.value()).path("email");
      return email.isTextual() ? email.textValue().toLowerCase(Locale.ROOT) : null;
    }
  };

  /** What the row of a token may be called. */
  abstract Set<String> identifiers(String token);

  /** Keycloak's id of the user a row is for; null when it is for nobody, or was used. */
  abstract @Nullable String userId(
      KeycloakSession session, RealmModel realm, String componentId, AuthVerification row);

  /** Whether the row is for that user, as the user's row is now. */
  abstract boolean isFor(AuthVerification row, AuthUser user);

  /** The value of a magic link; a missing node when it was used or is something else. */
  private static JsonNode unused(String value) {
    try {
      JsonNode json = JsonSerialization.mapper.readTree(value);
      return json.path("attempt").asInt(0) == 0 ? json : json.path("used");
    } catch (IOException e) {
      // another kind of row, whose value is no JSON
      return JsonSerialization.mapper.missingNode();
    }
  }

  private static String hashed(String identifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(identifier.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }
}

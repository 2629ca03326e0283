// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.schema.AuthApplications;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.keycloak.util.JsonSerialization;

/**
 * An app of the old service, checked.
 *
 * @param name null where it has none
 * @param logo an http(s) address; null where it has none that is one
 * @param metadata as it is stored; null where it has none, or more than fits
 * @param secret null for a public client
 * @param notes what an admin should know of it, in sentences
 */
record OldApplication(
    String clientId,
    @Nullable String name,
    @Nullable String logo,
    @Nullable String metadata,
    @Nullable String owner,
    Set<String> redirectUris,
    boolean enabled,
    boolean skipsConsent,
    @Nullable OldSecret secret,
    List<String> notes) {

  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_METADATA = 10_000;
  private static final Pattern CLIENT_ID = Pattern.compile("[\\x21-\\x7E]{1,255}");

  /** Control characters, and those that turn the direction of what follows. */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Cn}]");

  /** What a registration gives, unless the service makes ids of its own. */
  private static final Pattern REGISTERED = Pattern.compile("[A-Za-z]{32}");

  private static final Set<String> BY_SECRET =
      Set.of("client_secret_basic", "client_secret_post", "none");

  /**
   * What a row says.
   *
   * @throws UnusableApplicationException when it can become no client
   */
  static OldApplication of(AuthApplications.Row row, SecretCipher cipher)
      throws UnusableApplicationException {
    if (!CLIENT_ID.matcher(row.clientId()).matches()) {
      throw new UnusableApplicationException(
          "has a client id that is not of 1 to 255 visible ASCII characters");
    }
    String method = row.authMethod();
    if (method != null && !BY_SECRET.contains(method)) {
      throw new UnusableApplicationException("does not prove itself by a secret");
    }
    Set<String> redirectUris = RedirectUris.of(row.redirectUris(), "native".equals(row.type()));
    OldSecret secret = isPublic(row) ? null : OldSecret.of(String.valueOf(row.secret()), cipher);
    return new OldApplication(
        row.clientId(),
        shown(row.name()),
        webAddress(row.icon()),
        fitting(row.metadata()),
        row.owner(),
        redirectUris,
        !row.disabled(),
        row.skipsConsent() || (asksForNoConsent(row) && isOfTheOwner(row)),
        secret,
        notes(row, secret));
  }

  /** Better Auth asks everybody else for the secret, apps of browsers and phones as well. */
  private static boolean isPublic(AuthApplications.Row row) throws UnusableApplicationException {
    if ("public".equals(row.type()) || row.isPublic() || "none".equals(row.authMethod())) {
      return true;
    }
    if (row.secret() == null || row.secret().isEmpty()) {
      throw new UnusableApplicationException("has no secret and is not public");
    }
    return false;
  }

  private static List<String> notes(AuthApplications.Row row, @Nullable OldSecret secret) {
    List<String> notes = new ArrayList<>();
    if (secret != null && row.table().startsWith("oauth_application")) {
      notes.add(
          "Its ID tokens were signed with HS256 and its secret unless the service signs them with"
              + " its JWT plugin; here the realm's keys sign them, RS256 by default.");
    }
    if (!row.skipsConsent() && asksForNoConsent(row)) {
      notes.add(
          isOfTheOwner(row)
              ? "Its metadata say that nobody is asked for consent, and nobody is."
              : "Its metadata ask for no consent. Whoever registers an app writes them: name it in"
                  + " trusted to grant that.");
    }
    return notes;
  }

  /** Whether somebody wrote the row by hand: registration would have made another client id. */
  private static boolean isOfTheOwner(AuthApplications.Row row) {
    return row.owner() == null && !REGISTERED.matcher(row.clientId()).matches();
  }

  private static boolean asksForNoConsent(AuthApplications.Row row) {
    try {
      JsonNode json =
          row.metadata() == null
              ? null
              : JsonSerialization.readValue(row.metadata(), JsonNode.class);
      return json != null
          && (json.path("skip_consent").asBoolean() || json.path("skipConsent").asBoolean());
    } catch (IOException e) {
      return false;
    }
  }

  /** Text for a page: Keycloak escapes it, and takes what stands in <code>${}</code> for a key. */
  private static @Nullable String shown(@Nullable String name) {
    if (name == null) {
      return null;
    }
    String visible = UNSEEN.matcher(name).replaceAll("").replace("${", "$ {").strip();
    int end = Math.min(LONGEST_NAME, visible.length());
    if (end < visible.length() && Character.isHighSurrogate(visible.charAt(end - 1))) {
      end--;
    }
    return visible.isEmpty() ? null : visible.substring(0, end);
  }

  private static @Nullable String webAddress(@Nullable String icon) {
    try {
      URI uri = icon == null || icon.length() > 2000 ? null : new URI(icon);
      return uri != null
              && uri.getHost() != null
              && ("https".equalsIgnoreCase(uri.getScheme())
                  || "http".equalsIgnoreCase(uri.getScheme()))
          ? icon
          : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static @Nullable String fitting(@Nullable String metadata) {
    return metadata == null || metadata.isBlank() || metadata.length() > LONGEST_METADATA
        ? null
        : metadata;
  }

  /** Leaves secret and metadata out. */
  @Override
  public String toString() {
    return clientId;
  }
}

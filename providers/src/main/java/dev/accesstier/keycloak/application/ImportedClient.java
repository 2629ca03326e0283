// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.util.JsonSerialization;

/** A client that was made of an app of the old service, and what its attributes say of that. */
record ImportedClient(ClientModel client) {

  /** What the row and what the client looked like at the last import, both hashed. */
  private static final String IMPORT = "access.tier.import";

  private static final String OWNER = "access.tier.import.owner";
  private static final String METADATA = "access.tier.import.metadata";

  /** {@code base64url(sha256(secret))} of the secret that the app goes on using. */
  static final String SECRET_HASH = "access.tier.secret.sha256";

  /**
   * Likewise of the secret that Keycloak had when the attribute above was set. Keycloak makes a
   * secret for a client that has none whenever somebody saves it; another one than that is meant.
   */
  private static final String BESIDE = "access.tier.secret.beside.sha256";

  private static final int PLACEHOLDER_LENGTH = 32;

  /** Whether an import made it. */
  boolean isOne() {
    return client.getAttribute(IMPORT) != null;
  }

  /** Whether it looks as the last import has left it. */
  boolean isAsImported() {
    return noted().get(1).equals(state());
  }

  /** Whether the last import saw the app as it is now. */
  boolean isOf(OldApplication app) {
    return noted().get(0).equals(source(app));
  }

  /** Notes both for the next import. */
  void note(OldApplication app) {
    client.setAttribute(IMPORT, source(app) + ' ' + state());
  }

  /** Whether that is the secret the app has from the old service. */
  boolean accepts(String secret) {
    String hash = client.getAttribute(SECRET_HASH);
    return hash != null && keepsHash() && isEqual(hash, OldSecret.hash(secret));
  }

  /** After somebody saved the client: binds a new hash to the secret, or forgets one. */
  void keepHashWithSecret() {
    if (client.getAttribute(SECRET_HASH) == null) {
      if (client.getAttribute(BESIDE) != null) {
        client.removeAttribute(BESIDE);
      }
    } else if (client.getAttribute(BESIDE) == null && client.getSecret() != null) {
      client.setAttribute(BESIDE, OldSecret.hash(client.getSecret()));
    } else if (!keepsHash()) {
      client.removeAttribute(SECRET_HASH);
      client.removeAttribute(BESIDE);
    }
  }

  /** Whether nobody has set a secret since. */
  private boolean keepsHash() {
    String beside = client.getAttribute(BESIDE);
    return client.getSecret() == null
        || beside == null
        || isEqual(beside, OldSecret.hash(client.getSecret()));
  }

  private static boolean isEqual(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** What a new client of the app is; it may do no more than the app could. */
  static ClientRepresentation made(OldApplication app, boolean trusted) {
    ClientRepresentation client = new ClientRepresentation();
    client.setClientId(app.clientId());
    client.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
    client.setStandardFlowEnabled(true);
    client.setImplicitFlowEnabled(false);
    client.setDirectAccessGrantsEnabled(false);
    client.setServiceAccountsEnabled(false);
    client.setFullScopeAllowed(false);
    client.setConsentRequired(!trusted && !app.skipsConsent());
    client.setWebOrigins(List.of("+"));
    change(client, app);
    secret(client, app);
    Map<String, String> attributes = client.getAttributes();
    attributes.put(OIDCConfigAttributes.POST_LOGOUT_REDIRECT_URIS, "+");
    return client;
  }

  /** What the app has become, and nothing else of the client. */
  ClientRepresentation changed(OldApplication app) {
    ClientRepresentation changed = new ClientRepresentation();
    change(changed, app);
    if (!secretState().equals(secretState(app))) {
      secret(changed, app);
    }
    return changed;
  }

  private static void change(ClientRepresentation client, OldApplication app) {
    client.setName(Objects.requireNonNullElse(app.name(), ""));
    client.setEnabled(app.enabled());
    client.setPublicClient(app.secret() == null);
    client.setRedirectUris(List.copyOf(app.redirectUris()));
    Map<String, String> attributes = new HashMap<>();
    // Empty: Keycloak removes the attribute.
    attributes.put(ClientModel.LOGO_URI, Objects.requireNonNullElse(app.logo(), ""));
    attributes.put(OWNER, Objects.requireNonNullElse(app.owner(), ""));
    attributes.put(METADATA, Objects.requireNonNullElse(app.metadata(), ""));
    if (app.secret() == null) {
      // Of another it is the admin's to ask for.
      attributes.put(OIDCConfigAttributes.PKCE_CODE_CHALLENGE_METHOD, "S256");
    }
    client.setAttributes(attributes);
  }

  private static void secret(ClientRepresentation client, OldApplication app) {
    String hash = "";
    String beside = "";
    if (app.secret() instanceof OldSecret.Plain plain) {
      client.setSecret(plain.value());
    } else if (app.secret() instanceof OldSecret.Hashed hashed) {
      String placeholder = SecretGenerator.getInstance().randomString(PLACEHOLDER_LENGTH);
      client.setSecret(placeholder);
      hash = hashed.value();
      beside = OldSecret.hash(placeholder);
    }
    client.getAttributes().put(SECRET_HASH, hash);
    client.getAttributes().put(BESIDE, beside);
  }

  private List<String> noted() {
    String noted = Objects.requireNonNullElse(client.getAttribute(IMPORT), "");
    int space = noted.indexOf(' ');
    return space < 0
        ? List.of("", "")
        : List.of(noted.substring(0, space), noted.substring(space + 1));
  }

  private static String source(OldApplication app) {
    return hash(
        app.name(),
        app.enabled(),
        app.redirectUris(),
        app.logo(),
        app.owner(),
        app.metadata(),
        secretState(app));
  }

  private String state() {
    return hash(
        client.getName(),
        client.isEnabled(),
        new TreeSet<>(client.getRedirectUris()),
        client.getAttribute(ClientModel.LOGO_URI),
        client.getAttribute(OWNER),
        client.getAttribute(METADATA),
        secretState());
  }

  private static String secretState(OldApplication app) {
    if (app.secret() instanceof OldSecret.Plain plain) {
      return "plain " + OldSecret.hash(plain.value());
    }
    return app.secret() instanceof OldSecret.Hashed hashed ? "hashed " + hashed.value() : "none";
  }

  private String secretState() {
    if (client.isPublicClient()) {
      return "none";
    }
    String hash = client.getAttribute(SECRET_HASH);
    return hash != null && keepsHash()
        ? "hashed " + hash
        : "plain " + OldSecret.hash(Objects.requireNonNullElse(client.getSecret(), ""));
  }

  private static String hash(
      @Nullable String name,
      boolean enabled,
      Set<String> redirectUris,
      @Nullable String logo,
      @Nullable String owner,
      @Nullable String metadata,
      String secret) {
    List<Object> all = new ArrayList<>(List.of(enabled, redirectUris, secret));
    for (String text : new @Nullable String[] {name, logo, owner, metadata}) {
      all.add(Objects.requireNonNullElse(text, ""));
    }
    try {
      return OldSecret.hash(JsonSerialization.writeValueAsString(all));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

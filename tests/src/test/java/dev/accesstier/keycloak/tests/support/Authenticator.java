// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Chromium's virtual authenticator of one page: a phone that always says yes. */
public final class Authenticator {

  /** Every server of the tests is there; WebAuthn takes a name, and no address. */
  public static final String RP_ID = "localhost";

  /** As {@code @better-auth/passkey} makes one: drawn at random, and kept nowhere. */
  private static final String FOREIGN_HANDLE = "k3v9q0x7a1b2c3d4e5f6g7h8i9j0k1l2";

  private final CDPSession chromium;
  private final String id;

  public Authenticator(Page page) {
    chromium = page.context().newCDPSession(page);
    chromium.send("WebAuthn.enable");
    JsonObject options = new JsonObject();
    options.addProperty("protocol", "ctap2");
    options.addProperty("ctap2Version", "ctap2_1");
    options.addProperty("transport", "internal");
    options.addProperty("hasResidentKey", true);
    options.addProperty("hasUserVerification", true);
    options.addProperty("isUserVerified", true);
    options.addProperty("automaticPresenceSimulation", true);
    options.addProperty("defaultBackupEligibility", true);
    options.addProperty("defaultBackupState", true);
    JsonObject arguments = new JsonObject();
    arguments.add("options", options);
    id =
        chromium
            .send("WebAuthn.addVirtualAuthenticator", arguments)
            .get("authenticatorId")
            .getAsString();
  }

  /** Puts a passkey of the fixture in, as Better Auth made it; it has signed that often. */
  public void hold(Fixture.Passkey passkey, int signatures) {
    JsonObject credential = new JsonObject();
    credential.addProperty("credentialId", base64(url(passkey.credentialId())));
    credential.addProperty("isResidentCredential", true);
    credential.addProperty("rpId", RP_ID);
    credential.addProperty("privateKey", base64(privateKey(passkey.privateKeyJwk())));
    credential.addProperty("userHandle", base64(FOREIGN_HANDLE.getBytes(StandardCharsets.UTF_8)));
    credential.addProperty("signCount", signatures);
    add(credential);
  }

  /** The credential ids in it, base64url without padding. */
  public List<String> held() {
    return credentials()
        .map(credential -> Base64.getDecoder().decode(credential.get("credentialId").getAsString()))
        .map(bytes -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))
        .toList();
  }

  /** How often its one passkey has signed. */
  public int signatures() {
    return credential().get("signCount").getAsInt();
  }

  /** Makes it the copy that somebody took when its one passkey had signed that often. */
  public void setBack(int signatures) {
    JsonObject credential = credential();
    JsonObject old = new JsonObject();
    old.addProperty("authenticatorId", id);
    old.add("credentialId", credential.get("credentialId"));
    chromium.send("WebAuthn.removeCredential", old);
    credential.addProperty("signCount", signatures);
    add(credential);
  }

  private void add(JsonObject credential) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("authenticatorId", id);
    arguments.add("credential", credential);
    chromium.send("WebAuthn.addCredential", arguments);
  }

  private JsonObject credential() {
    return credentials().findFirst().orElseThrow(() -> new AssertionError("it holds none"));
  }

  private Stream<JsonObject> credentials() {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("authenticatorId", id);
    JsonArray credentials =
        chromium.send("WebAuthn.getCredentials", arguments).getAsJsonArray("credentials");
    return StreamSupport.stream(credentials.spliterator(), false).map(JsonElement::getAsJsonObject);
  }

  private static byte[] url(String text) {
    return Base64.getUrlDecoder().decode(text);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] privateKey(Map<String, Object> jwk) {
    try {
      return ECKey.parse(jwk).toECPrivateKey().getEncoded();
    } catch (ParseException | JOSEException e) {
      throw new AssertionError(e);
    }
  }
}

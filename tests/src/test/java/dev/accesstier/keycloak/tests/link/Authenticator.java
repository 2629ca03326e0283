package dev.accesstier.keycloak.tests.link;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import dev.accesstier.keycloak.tests.support.Fixture;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Chromium's virtual authenticator of one page: a phone that always says yes. */
final class Authenticator {

  /** Every Keycloak of the tests is there; WebAuthn takes a name, and no address. */
  static final String RP_ID = "localhost";

  /** As {@code @better-auth/passkey} makes one: drawn at random, and kept nowhere. */
  private static final String FOREIGN_HANDLE = "k3v9q0x7a1b2c3d4e5f6g7h8i9j0k1l2";

  private final CDPSession chromium;
  private final String id;

  Authenticator(Page page) {
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
  void hold(Fixture.Passkey passkey, int signatures) {
    JsonObject credential = new JsonObject();
    credential.addProperty("credentialId", base64(url(passkey.credentialId())));
    credential.addProperty("isResidentCredential", true);
    credential.addProperty("rpId", RP_ID);
    credential.addProperty("privateKey", base64(privateKey(passkey.privateKeyJwk())));
    credential.addProperty("userHandle", base64(FOREIGN_HANDLE.getBytes(StandardCharsets.UTF_8)));
    credential.addProperty("signCount", signatures);
    JsonObject arguments = new JsonObject();
    arguments.addProperty("authenticatorId", id);
    arguments.add("credential", credential);
    chromium.send("WebAuthn.addCredential", arguments);
  }

  /** The credential ids in it, base64url without padding. */
  List<String> held() {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("authenticatorId", id);
    JsonArray credentials =
        chromium.send("WebAuthn.getCredentials", arguments).getAsJsonArray("credentials");
    return StreamSupport.stream(credentials.spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .map(credential -> Base64.getDecoder().decode(credential.get("credentialId").getAsString()))
        .map(bytes -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))
        .toList();
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

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.RealmRepresentation;

/** Better Auth's session cookie, and a realm whose browser flow takes it. */
public final class SessionCookies {

  /** Without the prefix that https asks for. */
  public static final String NAME = "mana.session_token";

  /** The browser flow that takes it. */
  public static final String FLOW = "with session cookie";

  private static final String EXECUTION = "better-auth-session";

  private SessionCookies() {}

  public static void take(RealmResource realm) {
    var flows = realm.flows();
    flows.copy("browser", Map.of("newName", FLOW)).close();
    flows.addExecution(FLOW, Map.of("provider", EXECUTION));
    var execution =
        flows.getExecutions(FLOW).stream()
            .filter(one -> EXECUTION.equals(one.getProviderId()))
            .findFirst()
            .orElseThrow();
    execution.setRequirement("ALTERNATIVE");
    execution.setPriority(15);
    flows.updateExecutions(FLOW, execution);
    RealmRepresentation representation = realm.toRepresentation();
    representation.setBrowserFlow(FLOW);
    realm.update(representation);
  }

  /** What Better Auth puts into the browser, as it goes over the wire. */
  public static String value(String token) {
    return value(token, Fixture.known().secret());
  }

  /** Likewise, signed with another secret. */
  public static String value(String token, String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signature = mac.doFinal(token.getBytes(StandardCharsets.UTF_8));
      return URLEncoder.encode(
          token + "." + Base64.getEncoder().encodeToString(signature), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}

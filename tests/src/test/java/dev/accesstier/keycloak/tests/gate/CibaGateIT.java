// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.ciba.AuthRequestID;
import com.nimbusds.oauth2.sdk.ciba.CIBAGrant;
import com.nimbusds.oauth2.sdk.ciba.CIBARequest;
import com.nimbusds.oauth2.sdk.ciba.CIBAResponse;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.sun.net.httpserver.HttpServer;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The backchannel grant, with a consent device that always says yes. */
class CibaGateIT {

  @Test
  void refusedGrantLeavesNoUserSession() throws Exception {
    BlockingQueue<String> bearers = new LinkedBlockingQueue<>();
    HttpServer device =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), TestServer.shared().cibaPort()),
            0);
    device.createContext(
        "/",
        exchange -> {
          bearers.add(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    device.start();
    try (GateRealm realm = GateRealm.create()) {
      String below = realm.user("beta");

      HTTPResponse refused = run(realm, below, bearers);

      assertThat(refused.getStatusCode()).as(refused.getBody()).isEqualTo(400);
      assertThat(refused.getBody()).contains("access_denied");
      assertThat(realm.sessions(below)).isEmpty();
      assertThat(realm.refusals(below))
          .singleElement()
          .satisfies(event -> assertThat(event.getType()).isEqualTo("AUTHREQID_TO_TOKEN_ERROR"));
      assertThat(Oidc.tokens(run(realm, realm.user("alpha"), bearers))).isNotNull();
    } finally {
      device.stop(0);
    }
  }

  private static HTTPResponse run(GateRealm realm, String user, BlockingQueue<String> bearers)
      throws Exception {
    HTTPRequest begin =
        new CIBARequest.Builder(Oidc.auth("gated"), new Scope("openid"))
            .loginHint(user)
            .endpointURI(URI.create(realm.url("/protocol/openid-connect/ext/ciba/auth")))
            .build()
            .toHTTPRequest();
    AuthRequestID id =
        CIBAResponse.parse(begin.send()).toRequestAcknowledgement().getAuthRequestID();
    HTTPRequest consent =
        new HTTPRequest(
            HTTPRequest.Method.POST,
            URI.create(realm.url("/protocol/openid-connect/ext/ciba/auth/callback")));
    consent.setAuthorization(bearers.poll(10, TimeUnit.SECONDS));
    consent.setContentType("application/json");
    consent.setBody("{\"status\":\"SUCCEED\"}");
    assertThat(consent.send().getStatusCode()).isEqualTo(200);
    return realm.grant("gated", new CIBAGrant(id), "");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;

/** Realm {@code mana} of a server, with the sample users of {@code docker/sql}. */
final class SampleRealm implements AutoCloseable {

  static final String NAME = "mana";

  private final String baseUrl;
  private final Keycloak admin;

  SampleRealm(String baseUrl) {
    this.baseUrl = baseUrl;
    this.admin = TestServer.admin(baseUrl);
  }

  RealmResource realm() {
    return admin.realm(NAME);
  }

  Oidc oidc() {
    return new Oidc(baseUrl + "/realms/" + NAME);
  }

  /** A client that takes passwords, with the scopes every client of the realm gets. */
  void addApp(String clientId, String requiredTier) {
    ClientRepresentation app = TestRealm.client(clientId);
    app.getAttributes().put("access.tier.required", requiredTier);
    try (Response created = realm().clients().create(app)) {
      if (created.getStatus() != Response.Status.CREATED.getStatusCode()) {
        throw new AssertionError(created.readEntity(String.class));
      }
    }
  }

  /**
   * @param user as {@code beta-user}
   */
  HTTPResponse password(String app, String user) {
    return oidc().password(app, email(user), password(user));
  }

  Browser.Stop browser(String app, String user) {
    return new Browser(baseUrl).signIn(oidc().authUrl(app, ""), email(user), password(user));
  }

  static String email(String user) {
    return user + "@example.test";
  }

  /** Of a sample user, known to everybody. */
  static String password(String user) {
    return "demo-" + user;
  }

  @Override
  public void close() {
    admin.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ResourceOwnerPasswordCredentialsGrant;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.ManagementPermissionRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RequiredActionProviderRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.idm.UserSessionRepresentation;
import org.keycloak.representations.idm.authorization.ClientPolicyRepresentation;
import org.keycloak.representations.idm.authorization.ScopePermissionRepresentation;
import org.keycloak.util.JsonSerialization;

/**
 * A realm of its own for one test class, with local users: the gate does not care where a tier is
 * stored. {@code open} asks for nothing, {@code gated} for alpha.
 */
final class GateRealm implements AutoCloseable {

  static final String PASSWORD = Browser.PASSWORD;

  final String name = "gate-" + UUID.randomUUID().toString().substring(0, 8);
  final String base;
  final Keycloak admin;

  static GateRealm create() {
    TestServer server = TestServer.shared();
    return new GateRealm(server.keycloak().baseUrl(), server.admin());
  }

  private GateRealm(String base, Keycloak admin) {
    this.base = base;
    this.admin = admin;
    RealmRepresentation realm = read();
    realm.setRealm(name);
    admin.realms().create(realm);
    enableRequiredAction();
  }

  private static RealmRepresentation read() {
    try (InputStream json = GateRealm.class.getResourceAsStream("/gate/realm.json")) {
      return JsonSerialization.readValue(json, RealmRepresentation.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As the setup script for an existing realm does it. */
  private void enableRequiredAction() {
    var flows = realm().flows();
    var found =
        flows.getUnregisteredRequiredActions().stream()
            .filter(action -> action.getProviderId().equals("access-tier-gate"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("the JAR is not installed"));
    flows.registerRequiredAction(found);
    RequiredActionProviderRepresentation action = flows.getRequiredAction("access-tier-gate");
    action.setEnabled(true);
    action.setPriority(1000);
    flows.updateRequiredAction("access-tier-gate", action);
  }

  RealmResource realm() {
    return admin.realm(name);
  }

  String url(String path) {
    return base + "/realms/" + name + path;
  }

  String tokenUrl() {
    return url("/protocol/openid-connect/token");
  }

  Oidc oidc() {
    return new Oidc(url(""));
  }

  /** Where an app sends the browser; see {@link Oidc#authUrl}. */
  String authUrl(String client, String extra) {
    return oidc().authUrl(client, extra);
  }

  /** A user of that tier with a name of its own; a null tier leaves the attribute away. */
  String user(String tier) {
    String username = "u" + UUID.randomUUID().toString().substring(0, 8);
    UserRepresentation user = new UserRepresentation();
    user.setUsername(username);
    user.setEmail(username + "@example.org");
    user.setEmailVerified(true);
    user.setFirstName("Ada");
    user.setLastName("Example");
    user.setEnabled(true);
    if (!tier.isEmpty()) {
      user.setAttributes(Map.of("access_tier", List.of(tier)));
    }
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(PASSWORD);
    user.setCredentials(List.of(password));
    try (Response created = realm().users().create(user)) {
      CreatedResponseUtil.getCreatedId(created);
    }
    return username;
  }

  String idOf(String username) {
    return realm().users().searchByUsername(username, true).get(0).getId();
  }

  void move(String username, String tier) {
    var resource = realm().users().get(idOf(username));
    UserRepresentation user = resource.toRepresentation();
    user.setAttributes(Map.of("access_tier", List.of(tier)));
    resource.update(user);
  }

  List<UserSessionRepresentation> sessions(String username) {
    return realm().users().get(idOf(username)).getUserSessions();
  }

  /** Events about the refusal of that user. */
  List<EventRepresentation> refusals(String username) {
    String id = idOf(username);
    return realm().getEvents().stream()
        .filter(event -> id.equals(event.getUserId()))
        .filter(event -> "access_denied".equals(event.getError()))
        .toList();
  }

  /** Events about sign-ins of that user. */
  List<EventRepresentation> logins(String username) {
    String id = idOf(username);
    return realm().getEvents().stream()
        .filter(event -> id.equals(event.getUserId()))
        .filter(event -> "LOGIN".equals(event.getType()))
        .toList();
  }

  ClientResource client(String clientId) {
    ClientRepresentation found = realm().clients().findByClientId(clientId).get(0);
    return realm().clients().get(found.getId());
  }

  /** What our admin API says of the realm. */
  String status() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/admin/realms/" + name + "/access-tier/status"))
            .header("Authorization", "Bearer " + admin.tokenManager().getAccessTokenString())
            .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  void attribute(String clientId, String name, String value) {
    ClientRepresentation client = client(clientId).toRepresentation();
    client.getAttributes().put(name, value);
    client(clientId).update(client);
  }

  void grantRole(String username, String clientId, String role) {
    ClientResource client = client(clientId);
    if (client.roles().list().stream().noneMatch(one -> one.getName().equals(role))) {
      client.roles().create(new RoleRepresentation(role, null, false));
    }
    realm()
        .users()
        .get(idOf(username))
        .roles()
        .clientLevel(client.toRepresentation().getId())
        .add(List.of(client.roles().get(role).toRepresentation()));
  }

  /** Some realms set audiences by hand. */
  void dropAudienceOfRoles() {
    var scopes = realm().clientScopes();
    String roles =
        scopes.findAll().stream()
            .filter(scope -> scope.getName().equals("roles"))
            .findFirst()
            .orElseThrow()
            .getId();
    var mappers = scopes.get(roles).getProtocolMappers();
    mappers.getMappers().stream()
        .filter(mapper -> mapper.getProtocolMapper().equals("oidc-audience-resolve-mapper"))
        .forEach(mapper -> mappers.delete(mapper.getId()));
  }

  /** Gives the permission that legacy exchange asks for; false where the server lacks features. */
  boolean allowLegacyExchange(String from, String to) {
    var features = admin.serverInfo().getInfo().getFeatures();
    boolean possible =
        Set.of("TOKEN_EXCHANGE", "ADMIN_FINE_GRAINED_AUTHZ").stream()
            .allMatch(
                name ->
                    features.stream()
                        .anyMatch(one -> one.getName().equals(name) && one.isEnabled()));
    if (!possible) {
      return false;
    }
    client(to).setPermissions(new ManagementPermissionRepresentation(true));
    ClientResource management = client("realm-management");
    ClientPolicyRepresentation policy = new ClientPolicyRepresentation();
    policy.setName("may exchange to " + to);
    policy.addClient(client(from).toRepresentation().getId());
    management.authorization().policies().client().create(policy).close();
    String permission = "token-exchange.permission.client." + client(to).toRepresentation().getId();
    var scope = management.authorization().permissions().scope();
    ScopePermissionRepresentation found = scope.findByName(permission);
    found.setPolicies(
        Set.of(
            management
                .authorization()
                .policies()
                .client()
                .findByName("may exchange to " + to)
                .getId()));
    scope.findById(found.getId()).update(found);
    return true;
  }

  HTTPResponse grant(String client, AuthorizationGrant grant, String scope) {
    return oidc().grant(client, grant, scope);
  }

  HTTPResponse password(String client, String username, String scope) {
    return grant(
        client, new ResourceOwnerPasswordCredentialsGrant(username, new Secret(PASSWORD)), scope);
  }

  HTTPResponse refresh(String client, RefreshToken token) {
    return oidc().refresh(client, token);
  }

  @Override
  public void close() {
    realm().remove();
  }
}

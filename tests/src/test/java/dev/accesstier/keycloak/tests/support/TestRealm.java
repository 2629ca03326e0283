// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.UserProfileResource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ComponentExportRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.RolesRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.userprofile.config.UPConfig;

/**
 * A realm of its own for one test class, with a storage component and the client {@value #APP} that
 * has every claim of ours.
 */
public final class TestRealm implements AutoCloseable {

  public static final String APP = "app";

  /** Provider id of the storage. */
  public static final String AUTH_SCHEMA = "auth-schema";

  private static final String OIDC = "openid-connect";
  private static final String ON = "true";

  private final Keycloak admin;
  private final String name = "test-" + shortId();
  private final String componentId = shortId();
  private final Oidc oidc;

  private TestRealm(
      Keycloak admin,
      String baseUrl,
      Map<String, String> config,
      Consumer<RealmRepresentation> more) {
    this.admin = admin;
    this.oidc = new Oidc(baseUrl + "/realms/" + name);
    RealmRepresentation realm = realm(config);
    more.accept(realm);
    admin.realms().create(realm);
    takeSingleNames(realm().users().userProfile());
  }

  /** As the realm file has it: Better Auth's users need not have a last name. */
  private static void takeSingleNames(UserProfileResource profile) {
    UPConfig configuration = profile.getConfiguration();
    configuration.getAttribute("lastName").setRequired(null);
    profile.update(configuration);
  }

  /** On the shared server, with its connection. */
  public static TestRealm create() {
    return create(Map.of(), realm -> {});
  }

  /** On the shared server, with options of the component and more of the realm. */
  public static TestRealm create(Map<String, String> config, Consumer<RealmRepresentation> more) {
    TestServer server = TestServer.shared();
    return new TestRealm(server.admin(), server.keycloak().baseUrl(), config, more);
  }

  /** On a server that the test started itself. */
  public static TestRealm on(Keycloak admin, String baseUrl, Map<String, String> config) {
    return new TestRealm(admin, baseUrl, config, realm -> {});
  }

  private RealmRepresentation realm(Map<String, String> config) {
    RealmRepresentation realm = new RealmRepresentation();
    realm.setRealm(name);
    realm.setEnabled(true);
    realm.setVerifyEmail(false);
    realm.setRegistrationEmailAsUsername(true);
    realm.setEventsEnabled(true);
    realm.setClients(List.of(app()));
    RolesRepresentation roles = new RolesRepresentation();
    roles.setRealm(
        List.of("user", "admin", "service").stream()
            .map(role -> new RoleRepresentation(role, "", false))
            .toList());
    realm.setRoles(roles);
    ComponentExportRepresentation component = new ComponentExportRepresentation();
    component.setId(componentId);
    component.setName("Better Auth");
    component.setProviderId(AUTH_SCHEMA);
    component.setConfig(config(config));
    MultivaluedHashMap<String, ComponentExportRepresentation> components =
        new MultivaluedHashMap<>();
    components.add("org.keycloak.storage.UserStorageProvider", component);
    realm.setComponents(components);
    return realm;
  }

  private static MultivaluedHashMap<String, String> config(Map<String, String> more) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "enabled", ON,
                "priority", "0",
                "cachePolicy", "MAX_LIFESPAN",
                "maxLifespan", "60000"));
    if (more.containsKey("jdbcUrl")) {
      // The server's secret is for the server's connection alone.
      all.put("betterAuthSecret", Fixture.known().secret());
    }
    all.putAll(more);
    MultivaluedHashMap<String, String> config = new MultivaluedHashMap<>();
    all.forEach(config::putSingle);
    return config;
  }

  /** A client as {@link Oidc} speaks to it, without claims of ours. */
  public static ClientRepresentation client(String clientId) {
    ClientRepresentation client = new ClientRepresentation();
    client.setClientId(clientId);
    client.setSecret(Oidc.SECRET);
    client.setDirectAccessGrantsEnabled(true);
    client.setStandardFlowEnabled(true);
    client.setRedirectUris(List.of(Oidc.redirectUri(clientId)));
    client.setAttributes(new HashMap<>());
    return client;
  }

  private static ClientRepresentation app() {
    ClientRepresentation app = client(APP);
    app.setProtocolMappers(
        List.of(
            mapper(
                "oidc-access-tier-mapper",
                Map.of("claim.name", "access_tier", "level.claim.name", "tier_level")),
            mapper("oidc-auth-schema-subject-mapper", Map.of()),
            mapper("oidc-auth-schema-role-mapper", Map.of("claim.name", "role")),
            ownAudience(APP)));
    return app;
  }

  /** Keycloak lets a client introspect what is meant for it. */
  public static ProtocolMapperRepresentation ownAudience(String client) {
    return mapper(
        "oidc-audience-mapper",
        Map.of(
            "included.client.audience",
            client,
            "id.token.claim",
            "false",
            "lightweight.claim",
            ON));
  }

  /** A mapper that speaks in every place. */
  public static ProtocolMapperRepresentation mapper(String type, Map<String, String> config) {
    Map<String, String> all = new HashMap<>();
    for (String place :
        List.of("access.token", "id.token", "userinfo.token", "introspection.token")) {
      all.put(place + ".claim", ON);
    }
    all.putAll(config);
    ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
    mapper.setName(type);
    mapper.setProtocol(OIDC);
    mapper.setProtocolMapper(type);
    mapper.setConfig(all);
    return mapper;
  }

  public RealmResource realm() {
    return admin.realm(name);
  }

  public String name() {
    return name;
  }

  public String componentId() {
    return componentId;
  }

  public Oidc oidc() {
    return oidc;
  }

  /**
   * Each guess is awaited until it counts: Keycloak counts in threads of its own, where two at once
   * may count as one.
   */
  public void guessed(String userId, List<Runnable> guesses) {
    for (int i = 0; i < guesses.size(); i++) {
      int counted = i + 1;
      guesses.get(i).run();
      await("failure " + counted).until(() -> failures(userId) >= counted);
    }
  }

  /** How many failures in a row Keycloak has counted. */
  public int failures(String userId) {
    return Integer.parseInt(
        String.valueOf(realm().attackDetection().bruteForceUserStatus(userId).get("numFailures")));
  }

  /** The federated user with that email. */
  public UserRepresentation user(String email) {
    return realm().users().searchByEmail(email, true).stream()
        .findFirst()
        .orElseThrow(() -> new AssertionError("no user " + email));
  }

  public ComponentRepresentation component() {
    return realm().components().component(componentId).toRepresentation();
  }

  /** Changes options of the component; throws what the server answers when it refuses. */
  public void configure(Map<String, String> changes) {
    ComponentRepresentation component = component();
    changes.forEach(component.getConfig()::putSingle);
    realm().components().component(componentId).update(component);
  }

  /** Has the keys of table {@code jwks} in the realm's JWKS. */
  public void publishOldKeys() {
    publishOldKeys(Map.of());
  }

  /** Likewise, with options of the key provider. */
  public void publishOldKeys(Map<String, String> options) {
    ComponentRepresentation component = new ComponentRepresentation();
    MultivaluedHashMap<String, String> config = new MultivaluedHashMap<>();
    options.forEach(config::putSingle);
    component.setConfig(config);
    component.setName("Keys of Better Auth");
    component.setProviderType("org.keycloak.keys.KeyProvider");
    component.setProviderId("auth-schema-jwks");
    realm().components().add(component).close();
  }

  /** What the admin API answers the server's admin, below the realm's address. */
  public String get(String path) {
    HTTPRequest request =
        new HTTPRequest(
            HTTPRequest.Method.GET,
            URI.create(oidc.realmUrl().replace("/realms/", "/admin/realms/") + path));
    request.setAuthorization(
        "Bearer " + TestServer.shared().admin().tokenManager().getAccessTokenString());
    HTTPResponse answer = Oidc.send(request);
    if (answer.getStatusCode() != 200) {
      throw new AssertionError(path + " " + answer.getStatusCode() + ": " + answer.getBody());
    }
    return answer.getBody();
  }

  public void add(ClientRepresentation client) {
    try (Response created = realm().clients().create(client)) {
      if (created.getStatus() != Response.Status.CREATED.getStatusCode()) {
        throw new AssertionError(created.readEntity(String.class));
      }
    }
  }

  /** 22 characters, what a component's id must not exceed in a federated user's id. */
  private static String shortId() {
    return UUID.randomUUID().toString().replace("-", "").substring(0, 22);
  }

  @Override
  public void close() {
    realm().remove();
  }
}

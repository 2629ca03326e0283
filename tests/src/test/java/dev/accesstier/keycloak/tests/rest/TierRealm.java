// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import dev.accesstier.devserver.AuthSchemaSql;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.AdminEventRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.userprofile.config.UPAttribute;
import org.keycloak.representations.userprofile.config.UPAttributePermissions;
import org.keycloak.representations.userprofile.config.UPConfig;

/**
 * A realm with a schema of its own, the profile's drop-down, admin events, and {@value #TOOL}, the
 * client that admins' tools use.
 */
final class TierRealm implements AutoCloseable {

  static final String TOOL = "admin-tool";

  private final TestServer server = TestServer.shared();
  private final String databaseName = "tier_" + UUID.randomUUID().toString().substring(0, 8);
  private final DataSource database;
  final TestRealm realm;

  TierRealm() {
    this(Map.of());
  }

  /** With options of the component. */
  TierRealm(Map<String, String> config) {
    database = server.postgres().createDatabase(databaseName);
    AuthSchemaSql.apply(database);
    Map<String, String> all = new HashMap<>(config);
    all.put("jdbcUrl", server.postgres().jdbcUrl(databaseName));
    all.put("username", PostgresServer.USER);
    all.put("password", PostgresServer.PASSWORD);
    realm =
        TestRealm.create(
            all,
            representation -> {
              representation.setAdminEventsEnabled(true);
              representation.setAdminEventsDetailsEnabled(true);
            });
    realm.add(TestRealm.client(TOOL));
    declareTheDropDown(realm.realm());
  }

  static void declareTheDropDown(RealmResource realm) {
    UPConfig profile = realm.users().userProfile().getConfiguration();
    UPAttribute tier =
        new UPAttribute(
            "access_tier", new UPAttributePermissions(Set.of("admin", "user"), Set.of("admin")));
    tier.setValidations(
        Map.of(
            "options", Map.of("options", List.of("guest", "public", "beta", "alpha", "founder"))));
    tier.setAnnotations(Map.of("inputType", "select"));
    profile.addOrReplaceAttribute(tier);
    profile.setUnmanagedAttributePolicy(UPConfig.UnmanagedAttributePolicy.ADMIN_EDIT);
    realm.users().userProfile().update(profile);
  }

  /** A row of {@code auth.users}; gives Keycloak's id. */
  String federated(String email, String tier) {
    return add(SampleUser.of(email, "Ada Example").tier(tier));
  }

  /** Likewise, for a user who has a second factor. */
  String withSecondFactor(String email) {
    return add(SampleUser.of(email, "Ada Example").withTwoFactor());
  }

  /** Likewise, for a user who has {@link Browser#PASSWORD}. */
  String withPassword(String email) {
    return add(
        SampleUser.of(email, "Ada Example").passwordHash(ScryptHash.of(Browser.PASSWORD).stored()));
  }

  private String add(SampleUser user) {
    new SampleUsers(database).add(user);
    return "f:" + realm.componentId() + ":" + user.id();
  }

  /** Users without passwords, {@code <prefix>1@example.test} and on, of all tiers in turn. */
  void many(String prefix, int count) {
    new SampleUsers(database).addMany(prefix, count);
  }

  /** A local user with the roles of {@code realm-management}; gives the id. */
  String local(String username, String... roles) {
    UserRepresentation user = new UserRepresentation();
    user.setUsername(username);
    user.setEmail(username);
    user.setFirstName("Lou");
    user.setLastName("Local");
    user.setEmailVerified(true);
    user.setEnabled(true);
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(Browser.PASSWORD);
    user.setCredentials(List.of(password));
    String id;
    try (Response created = users().create(user)) {
      id = CreatedResponseUtil.getCreatedId(created);
    }
    grant(id, "realm-management", roles);
    return id;
  }

  /** A role of the client {@code account}. */
  void grantAccount(String id, String role) {
    grant(id, "account", role);
  }

  void revokeAccount(String id, String role) {
    String account = keycloak().clients().findByClientId("account").get(0).getId();
    user(id)
        .roles()
        .clientLevel(account)
        .remove(List.of(keycloak().clients().get(account).roles().get(role).toRepresentation()));
  }

  /** Roles of a client. */
  void grant(String id, String client, String... roles) {
    if (roles.length > 0) {
      String of = idOf(client);
      var there = keycloak().clients().get(of).roles();
      user(id)
          .roles()
          .clientLevel(of)
          .add(List.of(roles).stream().map(role -> there.get(role).toRepresentation()).toList());
    }
  }

  /** A client whose service account may ask for Matrix accounts, with the role as it is shipped. */
  void addBot(ClientRepresentation bot) {
    if (keycloak().clients().findByClientId("access-tier").isEmpty()) {
      realm.add(TestRealm.client("access-tier"));
      keycloak()
          .clients()
          .get(idOf("access-tier"))
          .roles()
          .create(new RoleRepresentation("matrix-links", "", false));
    }
    bot.setServiceAccountsEnabled(true);
    realm.add(bot);
    var client = keycloak().clients().get(idOf(bot.getClientId()));
    grant(client.getServiceAccountUser().getId(), "access-tier", "matrix-links");
    client
        .getScopeMappings()
        .clientLevel(idOf("access-tier"))
        .add(
            List.of(
                keycloak()
                    .clients()
                    .get(idOf("access-tier"))
                    .roles()
                    .get("matrix-links")
                    .toRepresentation()));
  }

  /** Keycloak's id of a client. */
  String idOf(String clientId) {
    return keycloak().clients().findByClientId(clientId).get(0).getId();
  }

  /** Of a client's service account. */
  String serviceToken(String clientId) {
    return Oidc.tokens(realm.oidc().grant(clientId, new ClientCredentialsGrant(), "openid"))
        .getAccessToken()
        .getValue();
  }

  /** The client of the page for admins, as the realm file has it. */
  void addTierConsole() {
    ClientRepresentation console = new ClientRepresentation();
    console.setClientId("access-tier-console");
    console.setPublicClient(true);
    console.setStandardFlowEnabled(true);
    console.setFullScopeAllowed(false);
    console.setRootUrl("${authBaseUrl}");
    String page = "/realms/" + realm.name() + "/access-tier/console";
    console.setBaseUrl(page);
    console.setRedirectUris(List.of(page));
    console.setAttributes(Map.of("pkce.code.challenge.method", "S256"));
    realm.add(console);
    String id = keycloak().clients().findByClientId("access-tier-console").get(0).getId();
    String management = keycloak().clients().findByClientId("realm-management").get(0).getId();
    var roles = keycloak().clients().get(management).roles();
    keycloak()
        .clients()
        .get(id)
        .getScopeMappings()
        .clientLevel(management)
        .add(
            List.of("view-users", "manage-users", "view-clients", "manage-clients", "view-events")
                .stream()
                .map(role -> roles.get(role).toRepresentation())
                .toList());
  }

  RealmResource keycloak() {
    return realm.realm();
  }

  org.keycloak.admin.client.resource.UsersResource users() {
    return keycloak().users();
  }

  UserResource user(String id) {
    return users().get(id);
  }

  /** The admin API of tiers, as a local user of this realm. */
  Api as(String username) {
    return new Api(adminUrl(), token(username));
  }

  /** As the server's own admin, of realm master. */
  Api asMaster() {
    return new Api(adminUrl(), () -> server.admin().tokenManager().getAccessTokenString());
  }

  Api asNobody() {
    return new Api(adminUrl(), null);
  }

  Supplier<String> token(String username) {
    String token =
        Oidc.tokens(realm.oidc().password(TOOL, username, Browser.PASSWORD))
            .getAccessToken()
            .getValue();
    return () -> token;
  }

  String adminUrl() {
    return server.keycloak().baseUrl() + "/admin/realms/" + realm.name() + "/access-tier/";
  }

  String publicUrl() {
    return server.keycloak().baseUrl() + "/realms/" + realm.name() + "/access-tier/";
  }

  /** What the row says now. */
  String column(String userId) {
    return one(
        "select access_tier::text from auth.users where id = '%s'"
            .formatted(userId.substring(userId.lastIndexOf(':') + 1)));
  }

  String one(String sql) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void execute(String sql) {
    server.postgres().execute(databaseName, sql);
  }

  /** From now on, for {@link dev.accesstier.keycloak.tests.support.AuthStatements}. */
  void logStatements() {
    server
        .postgres()
        .execute("postgres", "alter database " + databaseName + " set log_statement = 'all'");
    server
        .postgres()
        .execute(
            "postgres",
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'"
                .formatted(databaseName));
    // Several connections were cut at once; each is noticed when it is used next.
    await()
        .during(Duration.ofMillis(600))
        .atMost(Duration.ofSeconds(20))
        .until(() -> asMaster().get("users?max=1").status() == 200);
  }

  /** In Keycloak's own database. */
  void executeInKeycloak(String sql) {
    server.postgres().execute("keycloak", sql);
  }

  /** Admin events about tiers, newest first. */
  List<AdminEventRepresentation> events() {
    return keycloak().getAdminEvents().stream()
        .filter(event -> "ACCESS_TIER".equals(event.getResourceType()))
        .toList();
  }

  @Override
  public void close() {
    realm.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.devserver.AuthSchemaSql;
import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * Fine-grained permissions: whatever lists, counts or changes many users agrees with what Keycloak
 * says of each. On a server of its own, with the version of them that is Keycloak's default.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class FineGrainedIT {

  private static final String HELPER = "helper@example.test";
  private static final int ROWS = 24;

  private final Map<String, String> ids = new LinkedHashMap<>();
  private final Map<String, String> groups = new HashMap<>();
  private PostgresServer postgres;
  private KeycloakServer server;
  private Keycloak master;
  private TestRealm realm;
  private Api permissions;
  private Api helper;
  private Api asMaster;
  private String helperOnly = "";
  private String anybody = "";

  @BeforeAll
  void start() {
    postgres = PostgresServer.start(TestServer.folder("fine-grained-postgres"), 0);
    postgres.createDatabase("keycloak");
    var database = postgres.createDatabase("auth");
    AuthSchemaSql.apply(database);
    server =
        KeycloakServer.start(
            TestServer.folder("fine-grained"),
            KeycloakOptions.defaults()
                .provider(TestServer.jar())
                .database(postgres, "keycloak")
                .authSchema(postgres, "auth", "a-secret-of-thirty-two-characters")
                .heap("-Xms128m -Xmx512m"));
    master = TestServer.admin(server.baseUrl());
    realm = TestRealm.on(master, server.baseUrl(), Map.of());
    RealmRepresentation on = realm().toRepresentation();
    on.setAdminPermissionsEnabled(true);
    on.setAccessTokenLifespan(3600);
    realm().update(on);
    realm.add(TestRealm.client(TierRealm.TOOL));
    new SampleUsers(database).addMany("p", ROWS);
    realm()
        .users()
        .list(0, 100)
        .forEach(user -> ids.put(user.getUsername().split("@", 2)[0], user.getId()));
    for (String local : List.of("l1", "l2", "l3", "l4")) {
      ids.put(local, local(local + "@example.test"));
    }
    makeGroups();
    ids.put("helper", local(HELPER, "query-users", "query-clients", "view-realm"));
    asMaster = new Api(url("access-tier/"), this::masterToken);
    helper = new Api(url(""), this::helperToken);
    permissions =
        new Api(
            url("clients/" + permissionsClient() + "/authz/resource-server/"), this::masterToken);
    helperOnly = policy("user", "\"users\":[\"" + ids.get("helper") + "\"]");
    anybody = policy("time", "\"notBefore\":\"2020-01-01 00:00:00\"");
    asMaster.post("users/tier", "{\"filter\":{},\"all\":true,\"tier\":\"alpha\"}").json(200);
    asMaster.post("users/tier", "{\"filter\":{},\"all\":true,\"tier\":\"beta\"}").json(200);
  }

  @AfterAll
  void stop() {
    server.close();
    postgres.close();
  }

  private void makeGroups() {
    for (String name : List.of("one", "two", "none")) {
      GroupRepresentation group = new GroupRepresentation();
      group.setName(name);
      try (Response created = realm().groups().add(group)) {
        groups.put(name, CreatedResponseUtil.getCreatedId(created));
      }
    }
    GroupRepresentation below = new GroupRepresentation();
    below.setName("below-one");
    try (Response created = realm().groups().group(groups.get("one")).subGroup(below)) {
      groups.put("below-one", CreatedResponseUtil.getCreatedId(created));
    }
    join("one", "p1", "p2", "l1");
    join("below-one", "p3", "l2");
    join("two", "p4", "p5", "p1", "l3");
    join("none", "p6", "l4");
  }

  private void join(String group, String... users) {
    for (String user : users) {
      realm().users().get(ids.get(user)).joinGroup(groups.get(group));
    }
  }

  /** A permission; resources are users or groups by name, none of them for all of the type. */
  record Permission(String type, List<String> resources, String policy, boolean manage) {

    static Permission users(String policy, String... names) {
      return new Permission("Users", List.of(names), policy, true);
    }

    static Permission groups(String policy, String... names) {
      return new Permission("Groups", List.of(names), policy, true);
    }
  }

  record Scenario(String name, List<Permission> permissions) {

    static Scenario of(String name, Permission... permissions) {
      return new Scenario(name, List.of(permissions));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
        Scenario.of("everyone", Permission.users("helper")),
        Scenario.of(
            "everyone but two",
            Permission.users("helper"),
            Permission.users("not-helper", "p7", "l1")),
        Scenario.of("two", Permission.users("helper", "p7", "l1")),
        Scenario.of("a group and what is below", Permission.groups("helper", "one")),
        Scenario.of(
            "a group but one of its members",
            Permission.groups("helper", "one"),
            Permission.users("not-helper", "p1")),
        Scenario.of(
            "everyone but a group",
            Permission.users("helper"),
            Permission.groups("not-helper", "two")),
        Scenario.of(
            "one group but another",
            Permission.groups("helper", "one"),
            Permission.groups("not-helper", "two")),
        Scenario.of("whoever is in a group", Permission.groups("helper")),
        Scenario.of(
            "whoever is in no group", Permission.users("helper"), Permission.groups("not-helper")),
        Scenario.of(
            "everyone, but none of the groups save one",
            Permission.users("helper"),
            Permission.groups("not-helper"),
            Permission.groups("helper", "one")),
        Scenario.of(
            "nobody but one", Permission.users("not-helper"), Permission.users("helper", "p8")),
        Scenario.of(
            "by the time of day",
            Permission.users("anybody", "p9"),
            Permission.groups("anybody", "two")),
        Scenario.of("nobody"));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void listsAndCountsAgreeWithWhatKeycloakSaysOfEach(Scenario scenario) {
    given(
        scenario,
        () -> {
          Set<String> visible = new HashSet<>();
          ids.values()
              .forEach(
                  id -> {
                    if (helper.get("users/" + id).status() == 200) {
                      visible.add(id);
                    }
                  });
          JsonNode list = helper.get("access-tier/users?max=1000").json(200);
          assertThat(of(list.get("users"))).containsExactlyInAnyOrderElementsOf(visible);
          assertThat(list.get("total").asInt()).isEqualTo(visible.size());
          assertThat(pages("access-tier/users?", "users")).isEqualTo(of(list.get("users")));
          assertThat(csv()).containsExactlyInAnyOrderElementsOf(visible);
          assertThat(tiers(helper.get("access-tier/summary").json(200).get("users")))
              .isEqualTo(visible.size());
          assertThat(
                  helper.get("access-tier/users?search=p1&max=1000").json(200).get("total").asInt())
              .isEqualTo(
                  (int)
                      ids.entrySet().stream()
                          .filter(user -> user.getKey().startsWith("p1"))
                          .filter(user -> visible.contains(user.getValue()))
                          .count());
          assertThat(legacy()).isEqualTo(visible.size());
          trailIsOf(visible);
          keycloaksOwnListsAreOf(visible);
          bulkIsOf(visible);
        });
  }

  private void trailIsOf(Set<String> visible) {
    List<String> trail = of(helper.get("access-tier/history?max=1000").json(200));
    assertThat(trail)
        .isEqualTo(
            of(asMaster.get("history?max=1000").json(200)).stream()
                .filter(visible::contains)
                .toList());
    List<String> paged = new ArrayList<>();
    for (int first = 0; first < trail.size() + 5; first += 5) {
      helper
          .get("access-tier/history?max=5&first=" + first)
          .json(200)
          .forEach(entry -> paged.add(entry.get("id").asText()));
    }
    assertThat(paged).isEqualTo(trail);
  }

  /** Of our users; those of its own storage Keycloak's search sees by rules of its own. */
  private void keycloaksOwnListsAreOf(Set<String> visible) {
    Set<String> federated =
        visible.stream().filter(id -> id.startsWith("f:")).collect(Collectors.toSet());
    List<String> list = of(helper.get("users?max=1000").json(200));
    assertThat(list.stream().filter(id -> id.startsWith("f:")))
        .containsExactlyInAnyOrderElementsOf(federated);
    assertThat(helper.get("users/count").json(200).asInt()).isEqualTo(list.size());
    assertThat(pages("users?", "")).isEqualTo(list);
    List<String> found = of(helper.get("users?search=p1&max=1000").json(200));
    assertThat(helper.get("users/count?search=p1").json(200).asInt()).isEqualTo(found.size());
    assertThat(federated).containsAll(found);
    assertThat(of(helper.get("roles/user/users?max=1000").json(200)))
        .containsExactlyInAnyOrderElementsOf(federated);
  }

  private void bulkIsOf(Set<String> visible) {
    Api.Answer byFilter =
        helper.post(
            "access-tier/users/tier",
            "{\"filter\":{},\"all\":true,\"tier\":\"founder\",\"dryRun\":true}");
    if (visible.isEmpty()) {
      assertThat(byFilter.status()).isEqualTo(403);
    } else {
      assertThat(byFilter.json(200).get("matched").asInt()).isEqualTo(visible.size());
      assertThat(byFilter.json(200).get("failed")).isEmpty();
    }
    Set<String> hidden = new HashSet<>(ids.values());
    hidden.removeAll(visible);
    String all = ids.values().stream().collect(Collectors.joining("\",\"", "\"", "\""));
    Api.Answer byId =
        helper.post(
            "access-tier/users/tier",
            "{\"ids\":[" + all + "],\"tier\":\"founder\",\"dryRun\":true}");
    if (visible.isEmpty()) {
      assertThat(byId.status()).isEqualTo(403);
    } else {
      assertThat(of(byId.json(200).get("failed"))).containsExactlyInAnyOrderElementsOf(hidden);
    }
  }

  @Test
  void whoIsDeniedOneUserPromotesThatUserInNoWay() {
    given(
        Scenario.of(
            "everyone but one", Permission.users("helper"), Permission.users("not-helper", "p7")),
        () -> {
          String denied = ids.get("p7");
          String file =
              "id,email,access_tier\n" + denied + ",,founder\n" + ids.get("p8") + ",,guest\n";
          helper
              .post(
                  "access-tier/users/tier",
                  "{\"ids\":[\"%s\"],\"tier\":\"founder\"}".formatted(denied))
              .json(403);
          helper
              .post(
                  "access-tier/users/tier", "{\"filter\":{\"search\":\"p7\"},\"tier\":\"founder\"}")
              .json(200);
          JsonNode imported =
              helper
                  .send(
                      "POST",
                      "access-tier/users/tiers.csv",
                      BodyPublishers.ofString(file),
                      "text/csv",
                      Map.of())
                  .json(200);
          assertThat(imported.get("changed").asInt()).isEqualTo(1);
          assertThat(imported.get("failed").get(0).get("error").asText()).isEqualTo("Forbidden");
          assertThat(tier("p7")).isEqualTo("beta");
          assertThat(tier("p8")).isEqualTo("guest");
          assertThat(helper.get("access-tier/users/" + denied + "/tier/history").status())
              .isEqualTo(403);
        });
  }

  @Test
  void whoMayOnlySeeChangesNobody() {
    given(
        Scenario.of("to see", new Permission("Users", List.of(), "helper", false)),
        () -> {
          assertThat(helper.get("access-tier/users").json(200).get("total").asInt())
              .isEqualTo(ids.size());
          assertThat(
                  helper
                      .post(
                          "access-tier/users/tier",
                          "{\"filter\":{},\"all\":true,\"tier\":\"guest\"}")
                      .status())
              .isEqualTo(403);
        });
  }

  @Test
  void aRoleHasNoExceptions() {
    local("viewer@example.test", "view-users");
    given(
        Scenario.of("denied to all", Permission.users("not-helper", "p7")),
        () -> {
          Api viewer = new Api(url(""), () -> token("viewer@example.test"));
          assertThat(viewer.get("users/" + ids.get("p7")).status()).isEqualTo(200);
          assertThat(viewer.get("access-tier/users?search=p7").json(200).get("total").asInt())
              .isEqualTo(1);
          assertThat(viewer.get("users/count?search=p7").json(200).asInt()).isEqualTo(1);
        });
    realm()
        .users()
        .search("viewer@example.test")
        .forEach(user -> realm().users().delete(user.getId()).close());
  }

  private void given(Scenario scenario, Runnable test) {
    List<String> made = new ArrayList<>();
    try {
      scenario.permissions().forEach(permission -> made.add(make(permission, made.size())));
      test.run();
    } finally {
      made.forEach(id -> permissions.delete("permission/scope/" + id));
    }
  }

  private String make(Permission permission, int number) {
    boolean users = permission.type().equals("Users");
    String scope = users ? "" : "-members";
    String scopes =
        "\"view" + scope + "\"" + (permission.manage() ? ",\"manage" + scope + "\"" : "");
    String resources =
        permission.resources().stream()
            .map(name -> "\"" + (users ? ids : groups).get(name) + "\"")
            .collect(Collectors.joining(","));
    String policy =
        switch (permission.policy()) {
          case "helper" -> helperOnly;
          case "anybody" -> anybody;
          default -> notHelper();
        };
    return permissions
        .post(
            "permission/scope",
            "{\"name\":\"p%d\",\"resourceType\":\"%s\",\"resources\":[%s],\"scopes\":[%s],\"policies\":[\"%s\"]}"
                .formatted(number, permission.type(), resources, scopes, policy))
        .json(201)
        .get("id")
        .asText();
  }

  private String notHelper = "";

  private String notHelper() {
    if (notHelper.isEmpty()) {
      notHelper =
          policy("user", "\"logic\":\"NEGATIVE\",\"users\":[\"" + ids.get("helper") + "\"]");
    }
    return notHelper;
  }

  private String policy(String type, String more) {
    return permissions
        .post("policy/" + type, "{\"name\":\"%s\",%s}".formatted("policy " + more.hashCode(), more))
        .json(201)
        .get("id")
        .asText();
  }

  private List<String> pages(String path, String field) {
    List<String> paged = new ArrayList<>();
    List<String> page;
    do {
      JsonNode answer = helper.get(path + "max=7&first=" + paged.size()).json(200);
      page = of(field.isEmpty() ? answer : answer.get(field));
      paged.addAll(page);
    } while (!page.isEmpty());
    return paged;
  }

  private List<String> csv() {
    return helper
        .send("GET", "access-tier/users/tiers.csv", null, "", Map.of("Accept", "text/csv"))
        .text()
        .lines()
        .skip(1)
        .map(line -> line.substring(0, line.indexOf(',')).replace("\"", ""))
        .toList();
  }

  private int legacy() {
    return new Api(server.baseUrl() + "/realms/" + realm.name() + "/", this::helperToken)
        .get("access-tier/api/v1/admin/users?limit=1000")
        .json(200)
        .get("count")
        .asInt();
  }

  private static int tiers(JsonNode counts) {
    int sum = 0;
    for (JsonNode count : counts) {
      sum += count.asInt();
    }
    return sum;
  }

  private static List<String> of(JsonNode users) {
    List<String> found = new ArrayList<>();
    users.forEach(user -> found.add(user.get("id").asText()));
    return found;
  }

  private String tier(String name) {
    return asMaster.get("users/" + ids.get(name) + "/tier").json(200).get("accessTier").asText();
  }

  private String local(String username, String... roles) {
    UserRepresentation user = new UserRepresentation();
    user.setUsername(username);
    user.setEmail(username);
    user.setFirstName("Lou");
    user.setLastName("Local");
    user.setEnabled(true);
    user.setEmailVerified(true);
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(Browser.PASSWORD);
    user.setCredentials(List.of(password));
    String id;
    try (Response created = realm().users().create(user)) {
      id = CreatedResponseUtil.getCreatedId(created);
    }
    ClientRepresentation management = realm().clients().findByClientId("realm-management").get(0);
    var ofClient = realm().clients().get(management.getId()).roles();
    if (roles.length > 0) {
      realm()
          .users()
          .get(id)
          .roles()
          .clientLevel(management.getId())
          .add(Stream.of(roles).map(role -> ofClient.get(role).toRepresentation()).toList());
    }
    return id;
  }

  private RealmResource realm() {
    return realm.realm();
  }

  private String permissionsClient() {
    return realm().clients().findByClientId("admin-permissions").get(0).getId();
  }

  private String masterToken() {
    return master.tokenManager().getAccessTokenString();
  }

  private String helperToken() {
    return token(HELPER);
  }

  private final Map<String, String> tokens = new HashMap<>();

  private String token(String user) {
    return tokens.computeIfAbsent(
        user,
        name ->
            Oidc.tokens(realm.oidc().password(TierRealm.TOOL, name, Browser.PASSWORD))
                .getAccessToken()
                .getValue());
  }

  private String url(String path) {
    return server.baseUrl() + "/admin/realms/" + realm.name() + "/" + path;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/** What people have set in the apps: {@code user_settings}. */
@TestInstance(Lifecycle.PER_CLASS)
class SettingsIT {

  private static final String WHOLE = "whole";
  private static final String PART = "part";
  private static final String PASSWORD = Browser.PASSWORD;
  private static final String DEFAULTS =
      "{\"nav\":{\"desktopPosition\":\"top\",\"sidebarCollapsed\":false},"
          + "\"theme\":{\"mode\":\"system\",\"colorScheme\":\"ocean\"},\"locale\":\"de\"}";

  private final TierRealm realm = new TierRealm(Map.of("editMode", "WRITABLE"));

  @BeforeAll
  void addClients() {
    addTo(realm);
  }

  private static void addTo(TierRealm realm) {
    ClientScopeRepresentation scope = new ClientScopeRepresentation();
    scope.setName("settings");
    scope.setProtocol("openid-connect");
    scope.setAttributes(Map.of("include.in.token.scope", "true"));
    ProtocolMapperRepresentation mapper =
        TestRealm.mapper("oidc-auth-schema-settings-mapper", Map.of());
    scope.setProtocolMappers(List.of(mapper));
    realm.keycloak().clientScopes().create(scope).close();
    ClientRepresentation whole = TestRealm.client(WHOLE);
    whole.setProtocolMappers(List.of(TestRealm.ownAudience("account")));
    realm.realm.add(whole);
    ClientRepresentation part = TestRealm.client(PART);
    part.setFullScopeAllowed(false);
    part.setDefaultClientScopes(List.of("basic", "settings"));
    part.setProtocolMappers(List.of(TestRealm.ownAudience(PART)));
    realm.realm.add(part);
    ClientRepresentation none = TestRealm.client("none");
    none.setFullScopeAllowed(false);
    none.setDefaultClientScopes(List.of("basic"));
    realm.realm.add(none);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Nested
  class ARead {

    @Test
    void givesTheDefaultsOfTheTableAndWritesNothing() throws Exception {
      Person person = person();

      Api.Answer answer = person.get("settings");

      assertThat(answer.json(200))
          .isEqualTo(
              json(
                  "{\"success\":true,\"globalSettings\":"
                      + DEFAULTS
                      + ",\"appOverrides\":{},\"deviceSettings\":{}}"));
      assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
      assertThat(answer.header("content-type")).startsWith("application/json");
      assertThat(rows(person)).isEqualTo("0");
    }

    @Test
    void isNotRepeatedWhileNothingChanges() {
      Person person = person();
      String tag = person.get("settings").header("etag");

      assertThat(person.send("GET", "settings", null, Map.of("If-None-Match", tag)).status())
          .isEqualTo(304);
      person.patch("settings/global", "{\"a\":1}").json(200);
      assertThat(person.send("GET", "settings", null, Map.of("If-None-Match", tag)).status())
          .isEqualTo(200);
    }

    @Test
    void givesWhatTheOldServiceWrote() throws Exception {
      Person person = person();
      realm.execute(
          "insert into auth.user_settings (user_id, global_settings, app_overrides) values ('%s',"
                  .formatted(person.row())
              + " '{\"own\":{\"x\":[1,null]}}', '{\"chat\":{\"theme\":{\"mode\":\"dark\"}}}')");

      JsonNode all = person.get("settings").json(200);

      assertThat(all.path("globalSettings")).isEqualTo(json("{\"own\":{\"x\":[1,null]}}"));
      assertThat(all.at("/appOverrides/chat/theme/mode").asText()).isEqualTo("dark");
      assertThat(person.get("api/v1/settings").json(200)).isEqualTo(all);
    }
  }

  @Nested
  class AChange {

    @Test
    void mergesObjectsAtAnyDepthAndReplacesAllElse() throws Exception {
      Person person = person();

      person.patch("settings/global", "{\"theme\":{\"mode\":\"dark\",\"more\":{\"a\":1}}}");
      JsonNode all =
          person
              .patch(
                  "settings/global",
                  "{\"theme\":{\"more\":{\"b\":[1,2.50,null]}},\"locale\":null,\"own\":\"ü👩\"}")
              .json(200);

      assertThat(all.path("globalSettings"))
          .isEqualTo(
              json(
                  "{\"nav\":{\"desktopPosition\":\"top\",\"sidebarCollapsed\":false},"
                      + "\"theme\":{\"mode\":\"dark\",\"colorScheme\":\"ocean\","
                      + "\"more\":{\"a\":1,\"b\":[1,2.50,null]}},"
                      + "\"locale\":null,\"own\":\"ü👩\"}"));
      assertThat(person.get("settings").json(200)).isEqualTo(all);
    }

    @Test
    void ofAnAppIsItsOwnPart() throws Exception {
      Person person = person();

      person.patch("settings/app/chat", "{\"nav\":{\"a\":1}}").json(200);
      JsonNode all = person.patch("settings/app/chat", "{\"nav\":{\"b\":2}}").json(200);

      assertThat(all.path("appOverrides"))
          .isEqualTo(json("{\"chat\":{\"nav\":{\"a\":1,\"b\":2}}}"));
      assertThat(person.delete("settings/app/chat").json(200).path("appOverrides")).isEmpty();
      assertThat(person.delete("settings/app/chat").status()).isEqualTo(200);
    }

    @Test
    void ofADeviceIsNoted() throws Exception {
      Person person = person();

      person.patch("settings/device/d1/chat", "{}").json(200);
      JsonNode all =
          person
              .patch(
                  "settings/device/d1/mail",
                  "{\"deviceName\":\"Phone\",\"settings\":{\"a\":{\"b\":1}}}")
              .json(200);

      JsonNode device = all.at("/deviceSettings/d1");
      assertThat(device.path("deviceName").asText()).isEqualTo("Phone");
      assertThat(device.path("deviceType").asText()).isEqualTo("desktop");
      assertThat(device.path("apps")).isEqualTo(json("{\"chat\":{},\"mail\":{\"a\":{\"b\":1}}}"));
      person.patch("settings/device/d1/mail", "{\"settings\":{\"a\":{\"c\":2}}}").json(200);
      JsonNode listed = person.get("settings/devices").json(200).path("devices");
      assertThat(listed).hasSize(1);
      assertThat(listed.get(0).path("deviceId").asText()).isEqualTo("d1");
      assertThat(listed.get(0).path("appCount").asInt()).isEqualTo(2);
      assertThat(listed.get(0).path("lastSeen").asText()).matches("\\d{4}-.*Z");
      assertThat(person.get("settings").json(200).at("/deviceSettings/d1/apps/mail/a"))
          .isEqualTo(json("{\"c\":2}"));
      assertThat(person.delete("settings/device/d1").json(200).path("deviceSettings")).isEmpty();
    }

    @Test
    void ofTwoAtOnceLosesNothing() {
      Person person = person();
      List<CompletableFuture<Integer>> all =
          IntStream.range(0, 50)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () ->
                              person
                                  .patch("settings/global", "{\"keys\":{\"k" + i + "\":" + i + "}}")
                                  .status()))
              .toList();

      assertThat(all).allSatisfy(one -> assertThat(one.join()).isEqualTo(200));

      assertThat(person.get("settings").json(200).at("/globalSettings/keys")).hasSize(50);
    }

    @Test
    void forAnOldTagIsRefused() {
      Person person = person();
      String tag = person.get("settings").header("etag");

      Api.Answer first =
          person.send("PATCH", "settings/global", "{\"a\":1}", Map.of("If-Match", tag));
      Api.Answer second =
          person.send("PATCH", "settings/global", "{\"a\":2}", Map.of("If-Match", tag));

      assertThat(first.status()).isEqualTo(200);
      assertThat(second.status()).isEqualTo(412);
      assertThat(person.get("settings").json(200).at("/globalSettings/a").asInt()).isEqualTo(1);
      assertThat(
              person
                  .send(
                      "PATCH",
                      "settings/global",
                      "{\"a\":3}",
                      Map.of("If-Match", first.header("etag")))
                  .status())
          .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "[]",
          "1",
          "null",
          "",
          "{",
          "{\"a\":1,\"a\":2}",
          "{\"__proto__\":{}}",
          "{\"a\":{\"constructor\":1}}",
          "{\"a\":[{\"prototype\":1}]}",
          "{\"a\":\"\\u0000\"}",
          "{\"a\":\"\\ud800\"}",
          "{\"a\":1e999999}",
          "{\"1\":{\"2\":{\"3\":{\"4\":{\"5\":{\"6\":{\"7\":{\"8\":{\"9\":{\"10\":{}}}}}}}}}}}"
        })
    void thatIsNoneIsRefusedAndNothingIsWritten(String body) {
      Person person = person();

      assertThat(person.patch("settings/global", body).status()).isEqualTo(400);

      assertThat(rows(person)).isEqualTo("0");
    }

    @Test
    void ofTooMuchIsRefused() {
      Person person = person();
      assertThat(person.patch("settings/global", "{\"a\":\"" + "x".repeat(70_000) + "\"}").status())
          .isEqualTo(413);
      person.patch("settings/global", "{\"a\":\"" + "x".repeat(40_000) + "\"}").json(200);
      assertThat(
              person.patch("settings/app/chat", "{\"a\":\"" + "x".repeat(40_000) + "\"}").status())
          .isEqualTo(413);
    }

    @Test
    void ofTheFiftyFirstDeviceIsRefused() {
      Person person = person();
      for (int i = 0; i < 50; i++) {
        person.patch("settings/device/d" + i + "/chat", "{}").json(200);
      }
      assertThat(person.patch("settings/device/d50/chat", "{}").status()).isEqualTo(400);
      assertThat(person.patch("settings/device/d49/chat", "{}").status()).isEqualTo(200);
      assertThat(person.patch("settings/device/__proto__/chat", "{}").status()).isEqualTo(400);
    }
  }

  @Nested
  class WhatTheOldServiceLetGrow {

    @Test
    void mayShrinkAndNotGrow() {
      Person person = person();
      realm.execute(
          "insert into auth.user_settings (user_id, device_settings)"
              + " select '%s', jsonb_object_agg('d' || i, jsonb_build_object('__proto__', i))"
                  .formatted(person.row())
              + " from generate_series(1, 60) i");

      assertThat(person.patch("settings/device/another/chat", "{}").status()).isEqualTo(400);
      assertThat(person.delete("settings/device/d1").json(200).path("deviceSettings")).hasSize(59);
      assertThat(person.patch("settings/global", "{\"a\":1}").status()).isEqualTo(200);
    }
  }

  @Nested
  class AToken {

    @Test
    void withTheScopeReachesItsAppsPart() {
      Person person = person();
      person.patch("settings/app/chat", "{\"secret\":1}").json(200);
      Person part = person.with(PART);

      JsonNode all = part.patch("settings/app/" + PART, "{\"mine\":1}").json(200);

      assertThat(all.path("globalSettings")).isEmpty();
      assertThat(all.path("appOverrides")).hasSize(1);
      assertThat(all.at("/appOverrides/part/mine").asInt()).isEqualTo(1);
      assertThat(part.patch("settings/app/chat", "{}").status()).isEqualTo(403);
      assertThat(part.patch("settings/global", "{}").status()).isEqualTo(403);
      assertThat(part.patch("settings/device/d/part", "{}").status()).isEqualTo(403);
      String tag = part.get("settings").header("etag");
      assertThat(
              part.send("PATCH", "settings/app/" + PART, "{\"mine\":2}", Map.of("If-Match", tag))
                  .status())
          .isEqualTo(200);
    }

    @Test
    void withTheScopeTellsItsAppAtUserinfoAndNowhereElse() {
      Person person = person();
      person.patch("settings/global", "{\"theme\":{\"mode\":\"light\",\"x\":1}}").json(200);
      person.patch("settings/app/" + PART, "{\"theme\":{\"mode\":\"dark\"}}").json(200);
      var tokens = Oidc.tokens(realm.realm.oidc().password(PART, person.email(), PASSWORD));

      JsonNode said =
          new ObjectMapper()
              .valueToTree(Oidc.json(realm.realm.oidc().userInfo(tokens.getAccessToken())));

      assertThat(said.at("/settings/theme/mode").asText()).isEqualTo("dark");
      assertThat(said.at("/settings/theme/x").asInt()).isEqualTo(1);
      assertThat(Oidc.claims(tokens.getAccessToken())).doesNotContainKey("settings");
      assertThat(Oidc.claims(tokens.getIDTokenString())).doesNotContainKey("settings");
      assertThat(Oidc.json(realm.realm.oidc().introspect(PART, tokens.getAccessToken())))
          .containsKey("settings");
    }

    @Test
    void withNeitherIsRefused() {
      Api.Answer answer = person().with("none").get("settings");

      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.header("www-authenticate")).contains("insufficient_scope");
      assertThat(new Api(realm.publicUrl(), null).get("settings").status()).isEqualTo(401);
    }
  }

  @Nested
  class WhereNothingIsWritten {

    @Test
    void settingsAreReadAndChangesSayWhatIsAllowed() {
      try (TierRealm readOnly = new TierRealm()) {
        addTo(readOnly);
        String email = UUID.randomUUID() + "@example.test";
        readOnly.withPassword(email);
        String token =
            Oidc.tokens(readOnly.realm.oidc().password(WHOLE, email, PASSWORD))
                .getAccessToken()
                .getValue();
        Api api = new Api(readOnly.publicUrl(), () -> token);

        assertThat(api.get("settings").status()).isEqualTo(200);
        Api.Answer refused =
            api.send(
                "PATCH",
                "settings/global",
                BodyPublishers.ofString("{}"),
                "application/json",
                Map.of());
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("allow")).contains("GET");

        readOnly.local("local@example.test");
        String local =
            Oidc.tokens(readOnly.realm.oidc().password(WHOLE, "local@example.test", PASSWORD))
                .getAccessToken()
                .getValue();
        assertThat(new Api(readOnly.publicUrl(), () -> local).get("settings").status())
            .as("a user of another storage")
            .isEqualTo(404);
      }
    }

    @Test
    void withoutTheTableThereAreNone() {
      try (TierRealm without = new TierRealm(Map.of("editMode", "WRITABLE"))) {
        addTo(without);
        without.execute("drop table auth.user_settings");
        String email = UUID.randomUUID() + "@example.test";
        without.withPassword(email);
        String token =
            Oidc.tokens(without.realm.oidc().password(WHOLE, email, PASSWORD))
                .getAccessToken()
                .getValue();

        assertThat(new Api(without.publicUrl(), () -> token).get("settings").status())
            .isEqualTo(404);
      }
    }
  }

  private Person person() {
    String email = UUID.randomUUID() + "@example.test";
    realm.withPassword(email);
    return new Person(email, WHOLE, PASSWORD);
  }

  private String rows(Person person) {
    return realm.one(
        "select count(*) from auth.user_settings where user_id = '%s'".formatted(person.row()));
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  /** Someone with an app's token. */
  private final class Person {

    private final String email;
    private final Api api;

    Person(String email, String client, String password) {
      this.email = email;
      String token =
          Oidc.tokens(realm.realm.oidc().password(client, email, password))
              .getAccessToken()
              .getValue();
      this.api = new Api(realm.publicUrl(), () -> token);
    }

    String email() {
      return email;
    }

    Person with(String client) {
      return new Person(email, client, PASSWORD);
    }

    String row() {
      return realm.one("select id from auth.users where email = '%s'".formatted(email));
    }

    Api.Answer get(String path) {
      return api.get(path);
    }

    Api.Answer delete(String path) {
      return api.delete(path);
    }

    Api.Answer patch(String path, String body) {
      return send("PATCH", path, body, Map.of());
    }

    Api.Answer send(
        String method, String path, @Nullable String body, Map<String, String> headers) {
      return api.send(
          method,
          path,
          body == null ? null : BodyPublishers.ofString(body),
          "application/json",
          headers);
    }
  }
}

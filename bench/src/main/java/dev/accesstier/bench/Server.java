// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.accesstier.devserver.KeycloakServer;
import java.util.Map;

/** A Keycloak with one realm in it, and how to talk to it. */
record Server(KeycloakServer keycloak) {

  static final String REALM = "bench";
  static final String PASSWORD = "a-password-to-measure";
  static final int APPS = 100;

  private static final String CLIENT = "app";
  private static final String SECRET = "secret";
  private static final Map<String, String> FORM =
      Map.of("Content-Type", "application/x-www-form-urlencoded");

  String realmUrl() {
    return keycloak.baseUrl() + "/realms/" + REALM;
  }

  String adminUrl() {
    return keycloak.baseUrl() + "/admin/realms/" + REALM;
  }

  String adminToken() {
    return Http.json(
            Http.send(
                "POST",
                keycloak.baseUrl() + "/realms/master/protocol/openid-connect/token",
                Http.form(
                    "grant_type",
                    "password",
                    "client_id",
                    "admin-cli",
                    "username",
                    KeycloakServer.ADMIN,
                    "password",
                    KeycloakServer.ADMIN),
                FORM))
        .path("access_token")
        .asText();
  }

  /** With the client that signs people in, and as many apps as there are. */
  ObjectNode realm(boolean ours) {
    ObjectNode realm = Http.JSON.createObjectNode();
    realm.put("realm", REALM).put("enabled", true).put("sslRequired", "none");
    realm.put("registrationEmailAsUsername", true).put("accessTokenLifespan", 36_000);
    ArrayNode clients = realm.putArray("clients");
    ObjectNode app = clients.addObject();
    app.put("clientId", CLIENT).put("secret", SECRET).put("directAccessGrantsEnabled", true);
    app.put("fullScopeAllowed", true);
    ArrayNode mappers = app.putArray("protocolMappers");
    mapper(mappers, "audience", "oidc-audience-mapper")
        .put("included.client.audience", CLIENT)
        .put("access.token.claim", "true");
    if (ours) {
      app.putObject("attributes").put("access.tier.required", "public");
      mapper(mappers, "tier", "oidc-access-tier-mapper")
          .put("claim.name", "access_tier")
          .put("access.token.claim", "true")
          .put("userinfo.token.claim", "true")
          .put("introspection.token.claim", "true");
      for (int i = 0; i < APPS; i++) {
        ObjectNode one = clients.addObject();
        one.put("clientId", "app-" + i).put("name", "App " + i).put("publicClient", true);
        one.put("baseUrl", "https://app-" + i + ".test/");
        one.putObject("attributes").put("access.tier.required", i % 2 == 0 ? "public" : "beta");
      }
      ObjectNode component =
          realm
              .putObject("components")
              .putArray("org.keycloak.storage.UserStorageProvider")
              .addObject();
      component.put("id", "bench-better-auth-user").put("name", "Better Auth");
      component.put("providerId", "auth-schema");
      ObjectNode config = component.putObject("config");
      config.putArray("cachePolicy").add("MAX_LIFESPAN");
      config.putArray("maxLifespan").add("3600000");
      config.putArray("editMode").add("WRITABLE");
      config.putArray("enabled").add("true");
    }
    return realm;
  }

  private static ObjectNode mapper(ArrayNode mappers, String name, String type) {
    ObjectNode mapper = mappers.addObject();
    mapper.put("name", name).put("protocol", "openid-connect").put("protocolMapper", type);
    return mapper.putObject("config");
  }

  void create(ObjectNode realm) {
    Http.send(
        "POST",
        keycloak.baseUrl() + "/admin/realms",
        realm.toString(),
        Map.of("Content-Type", "application/json", "Authorization", "Bearer " + adminToken()));
  }

  /** A sign-in with a password, of another person on each connection. */
  Load login() {
    return token(
        Http.form(
            "grant_type",
            "password",
            "username",
            "load" + Load.CONNECTION + "@bench.test",
            "password",
            PASSWORD,
            "scope",
            "openid"));
  }

  String userToken() {
    String answer =
        Http.send(
            "POST",
            realmUrl() + "/protocol/openid-connect/token",
            token(
                    Http.form(
                        "grant_type", "password",
                        "username", "load1@bench.test",
                        "password", PASSWORD,
                        "scope", "openid"))
                .body(),
            FORM);
    return Http.json(answer).path("access_token").asText();
  }

  private Load token(String form) {
    return new Load(
        realmUrl() + "/protocol/openid-connect/token",
        FORM,
        form + "&" + Http.form("client_id", CLIENT, "client_secret", SECRET));
  }

  Load introspection() {
    return new Load(
        realmUrl() + "/protocol/openid-connect/token/introspect",
        FORM,
        Http.form("token", userToken(), "client_id", CLIENT, "client_secret", SECRET));
  }

  Load get(String url, String token) {
    return new Load(url, Map.of("Authorization", "Bearer " + token), "");
  }

  Load userInfo() {
    return get(realmUrl() + "/protocol/openid-connect/userinfo", userToken());
  }

  Load admin(String path) {
    return get(adminUrl() + path, adminToken());
  }
}

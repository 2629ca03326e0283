// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Made-up input at every operation of ours, and where people sign in and admins search: nothing of
 * it is a fault of the server, and none of it is in the log. The same in every run; {@code
 * -Daccess.tier.fuzz=1000} makes more of it.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class HostileInputIT {

  private static final int TIMES = Integer.getInteger("access.tier.fuzz", 25);
  private static final String MARK = "h0stile";
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  /** Percent-encoded, for the address. */
  private static final List<String> PIECES =
      List.of(
          "%00",
          "%ED%A0%80",
          "%FF%FE",
          "%F0%9F%98%80",
          "%C4%B0",
          "%EF%BC%87",
          "%27%3B%20drop%20table%20users%3B--",
          "%25%5F%5C",
          "%22%7D%5D",
          "..%2F..%2F",
          "%0D%0ASet-Cookie%3A%20a%3Db",
          "%3Cscript%3E",
          "%24%7Bjndi%3Aldap%7D",
          "-1",
          "99999999999999999999",
          "1e999",
          "NaN",
          "%20",
          "*",
          "%09",
          "a".repeat(3000));

  /** For JSON and forms. */
  private static final List<String> TEXTS =
      List.of(
          "\\u0000",
          "\\ud800",
          "\\udc00x",
          "'; drop table users;--",
          "%_\\\\",
          "<script>",
          "\\r\\nX: y",
          "${jndi:ldap}",
          "\u0130\u0131",
          "=cmd|' /C calc'!A0",
          "f:::",
          "");

  private static final List<String> KEYS =
      List.of(
          "tier",
          "requiredTier",
          "reason",
          "filter",
          "ids",
          "dryRun",
          "search",
          "theme",
          "locale",
          "__proto__",
          "constructor",
          "access_token",
          "matrix_server_name",
          "matrixUserId",
          "userId",
          "deviceName",
          "note",
          "",
          "$ref");

  private static final List<String> VALUES =
      List.of("null", "true", "-0", "1e999", "9223372036854775808", "0.1", "[]", "{}", "\"beta\"");

  private final TierRealm realm = new TierRealm(Map.of("editMode", "WRITABLE"));
  private final String server = realm.adminUrl().replaceFirst("/admin/.*", "");
  private JsonNode file;
  private int logged;

  @BeforeAll
  void prepare() {
    realm.local("admin@example.test", "realm-admin");
    realm.local("person@example.test");
    file = new Api(realm.publicUrl(), null).get("openapi.json").json(200);
    logged = log().length();
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private static String log() {
    return TestServer.shared().keycloak().log();
  }

  Stream<ApiOperation> operations() {
    return ApiOperation.all(file);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void anOperationFaultsOnNothing(ApiOperation operation) {
    Random random = new Random(operation.id().hashCode());
    boolean admins = operation.path().startsWith("/admin/") || operation.path().contains("/admin/");
    Api api = new Api(server, realm.token(admins ? "admin@example.test" : "person@example.test"));
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      String path = path(operation, random) + query(operation, random);
      String body = operation.definition().has("requestBody") ? body(operation, random, i) : null;
      Api.Answer answer =
          api.send(
              operation.method().toUpperCase(Locale.ROOT),
              path,
              body == null ? null : BodyPublishers.ofString(body),
              operation.path().endsWith(".csv") ? "text/csv" : "application/json",
              Map.of("Accept-Language", random.nextBoolean() ? "de" : "*;q=x"));
      note(faults, path, answer);
    }
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/realms/{realm}/access-tier/portal?search=%s",
        "/realms/{realm}/access-tier/portal/callback?state=%s&code=%s",
        "/realms/{realm}/access-tier/portal/%s",
        "/realms/{realm}/access-tier/console/%s",
        "/realms/{realm}/access-tier/reset-password/%s?callbackURL=%s",
        "/realms/{realm}/access-tier/magic-link?token=%s&callbackURL=%s",
        "/realms/{realm}/access-tier/%s",
        "/admin/realms/{realm}/users?search=%s",
        "/admin/realms/{realm}/users?email=%s&exact=true",
        "/admin/realms/{realm}/access-tier/users?search=%s&tier=%s",
        "/admin/realms/{realm}/users/count?firstName=%s&lastName=%s",
        "/admin/realms/{realm}/users/f:x:%s",
        "/realms/{realm}/protocol/openid-connect/auth?client_id=app&login_hint=%s&ui_locales=%s"
      })
  void aPageFaultsOnNothing(String form) {
    Random random = new Random(form.hashCode());
    Api api = new Api(server, form.startsWith("/admin") ? realm.token("admin@example.test") : null);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      String path =
          form.replace("{realm}", realm.realm.name()).formatted(pieces(random), pieces(random));
      note(faults, path, api.get(path));
    }
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grant_type=password&client_id=app&client_secret=secret&username=%s&password=%s",
        "grant_type=password&client_id=app&client_secret=secret&username=person@example.test"
            + "&password=%s&totp=%s",
        "grant_type=refresh_token&client_id=app&client_secret=secret&refresh_token=%s",
        "grant_type=urn:accesstier:grant-type:matrix-user&client_id=app&client_secret=secret"
            + "&matrix_user_id=%s"
      })
  void aSignInFaultsOnNothing(String form) {
    Random random = new Random(form.hashCode());
    Api api = new Api(server, null);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      // Keycloak itself looks a name up in its own tables first, which refuse a NUL.
      String body = form.formatted(pieces(random), pieces(random)).replace("%00", "");
      note(
          faults,
          body,
          api.send(
              "POST",
              "/realms/" + realm.realm.name() + "/protocol/openid-connect/token",
              BodyPublishers.ofString(body),
              "application/x-www-form-urlencoded",
              Map.of()));
    }
    assertThat(faults).isEmpty();
  }

  @AfterAll
  void nothingOfItIsInTheLog() {
    // Names that nobody has are in Keycloak's own events.
    assertThat(log().substring(logged).lines())
        .noneMatch(line -> line.contains("Uncaught server error"))
        .filteredOn(line -> line.contains("[dev.accesstier"))
        .noneMatch(line -> line.contains(MARK) || line.contains(" ERROR "));
  }

  /** None is a fault of the server, be it even one of the moment. */
  private static void note(List<String> faults, String request, Api.Answer answer) {
    if (answer.status() >= 500) {
      faults.add(answer.status() + " " + request + " " + answer.text());
    }
  }

  private String path(ApiOperation operation, Random random) {
    return PARAMETER
        .matcher(operation.path().replace("{realm}", realm.realm.name()))
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1).equals("clientId") && random.nextBoolean()
                        ? "app"
                        : pieces(random)));
  }

  private String query(ApiOperation operation, Random random) {
    StringBuilder query = new StringBuilder("?");
    for (JsonNode parameter : operation.definition().path("parameters")) {
      JsonNode found =
          parameter.has("$ref") ? file.at(parameter.get("$ref").asText().substring(1)) : parameter;
      if (found.path("in").asText().equals("query") && random.nextInt(3) > 0) {
        query.append(found.path("name").asText()).append('=').append(pieces(random)).append('&');
      }
    }
    return query.toString();
  }

  private static String pieces(Random random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? MARK : "");
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static String body(ApiOperation operation, Random random, int number) {
    if (number == 0) {
      return "{\"reason\":\"" + "x".repeat(1_000_000) + "\"}";
    }
    if (number == 1) {
      return "[".repeat(20_000);
    }
    if (operation.path().endsWith(".csv")) {
      return "id,email,access_tier\n" + json(random, 1) + "," + json(random, 0) + ",beta\n\"";
    }
    return random.nextInt(8) == 0 ? json(random, 3).substring(1) : object(random, 3);
  }

  private static String object(Random random, int depth) {
    StringBuilder text = new StringBuilder("{");
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append('"')
          .append(KEYS.get(random.nextInt(KEYS.size())))
          .append("\":")
          .append(json(random, depth - 1))
          .append(i > 0 ? "," : "");
    }
    return text.append('}').toString();
  }

  private static String json(Random random, int depth) {
    return switch (depth > 0 ? random.nextInt(4) : random.nextInt(2)) {
      case 0 -> VALUES.get(random.nextInt(VALUES.size()));
      case 1 -> '"' + MARK + TEXTS.get(random.nextInt(TEXTS.size())) + '"';
      case 2 -> object(random, depth);
      default -> "[" + json(random, depth - 1) + "," + json(random, depth - 1) + "]";
    };
  }
}

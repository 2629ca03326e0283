// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code openapi.json} says what the running server does: every operation, every answer. */
@TestInstance(Lifecycle.PER_CLASS)
final class OpenApiIT {

  private static final Map<String, String> BODIES =
      Map.of(
          "putTier", "{\"tier\":\"alpha\",\"reason\":\"because\"}",
          "bulkChange", "{\"filter\":{\"tier\":\"guest\"},\"tier\":\"public\",\"dryRun\":false}",
          "importCsv", "id,email,access_tier\nnobody,,beta\n",
          "putRequiredTier", "{\"requiredTier\":\"alpha\"}",
          "putListing", "{\"note\":{\"de\":\"Bald\"},\"comingSoon\":true}",
          "originalPut", "{\"tier\":\"beta\"}",
          "mergeGlobalSettings", "{\"theme\":{\"mode\":\"dark\"}}",
          "mergeAppSettings", "{\"nav\":{}}",
          "seeDevice", "{\"deviceName\":\"Phone\"}",
          "linkMatrix",
              "{\"matrixUserId\":\"@described:matrix.test\",\"userId\":\"described-admin\"}");

  private final TierRealm realm = new TierRealm(Map.of("editMode", "WRITABLE"));
  private JsonNode file;
  private String user;
  private String adminsRow;

  @BeforeAll
  void readTheFile() {
    user = realm.withSecondFactor("described@example.test");
    realm.local("admin@example.test", "realm-admin");
    file = new Api(realm.publicUrl(), null).get("openapi.json").json(200);
    realm.addBot(TestRealm.client("bot"));
    realm.execute(
        "insert into auth.matrix_user_links (id, matrix_user_id, user_id)"
            + " select 'described', '@described:matrix.test', id from auth.users"
            + " where email = 'admin@example.test'");
    adminsRow = realm.one("select id from auth.users where email = 'admin@example.test'");
    // So that no list is empty.
    Api admin = realm.as("admin@example.test");
    admin.put("clients/app/required-tier", "{\"requiredTier\":\"founder\"}").json(200);
    admin.put("clients/app/required-tier", "{\"requiredTier\":\"beta\"}").json(200);
    admin.put("users/" + user + "/tier", "{\"tier\":\"guest\"}").json(200);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  Stream<ApiOperation> operations() {
    return ApiOperation.all(file);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void anAnswerIsAsTheFileSays(ApiOperation operation) {
    int done = operation.definition().get("responses").has("204") ? 204 : 200;
    assertDescribed(operation, call(operation, user, BODIES.get(operation.id()), true), done);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aRequestWithoutTokenIsAnsweredAsTheFileSays(ApiOperation operation) {
    if (!operation.isOpenToAll()) {
      assertDescribed(operation, call(operation, user, BODIES.get(operation.id()), false), 401);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aRequestAboutNobodyIsAnsweredAsTheFileSays(ApiOperation operation) {
    if (operation.path().contains("{id}")) {
      assertDescribed(operation, call(operation, "nobody", BODIES.get(operation.id()), true), 404);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aBodyThatIsNoneIsAnsweredAsTheFileSays(ApiOperation operation) {
    if (operation.definition().has("requestBody")) {
      assertDescribed(operation, call(operation, user, "{", true), 400);
    }
  }

  /** What the file calls a good request is taken, so its schemas are not too wide. */
  @ParameterizedTest
  @MethodSource("operations")
  void theRequestsOfThisTestFitTheFile(ApiOperation operation) {
    JsonNode content = operation.definition().path("requestBody").path("content");
    if (content.has("application/json")) {
      JsonNode schema = content.get("application/json").get("schema");
      assertFits(schema, BODIES.get(operation.id()));
    }
  }

  @Test
  void everyOperationNamesItsPermission() {
    assertThat(operations())
        .hasSizeGreaterThanOrEqualTo(20)
        .allMatch(
            operation -> operation.definition().get("description").asText().contains("ermission"));
  }

  private Api.Answer call(
      ApiOperation operation, String id, @Nullable String body, boolean withToken) {
    String server = realm.adminUrl().replaceFirst("/admin/.*", "");
    String path =
        operation
            .path()
            .replace("{realm}", realm.realm.name())
            .replace("{id}", id)
            .replace("{deviceId}", "d1")
            .replace("{matrixUserId}", "@described:matrix.test")
            .replace("{clientId}", "app");
    String type = operation.path().endsWith(".csv") ? "text/csv" : "application/json";
    Map<String, String> headers = new HashMap<>(Map.of("Accept", "*/*"));
    Api api = new Api(server, withToken ? token(operation) : null);
    return api.send(
        operation.method().toUpperCase(Locale.ROOT),
        path,
        body == null ? null : BodyPublishers.ofString(body.replace("described-admin", adminsRow)),
        type,
        headers);
  }

  private Supplier<String> token(ApiOperation operation) {
    return switch (operation.id()) {
      case "linkMatrix", "getMatrixOwner" -> () -> realm.serviceToken("bot");
      case "eraseOwnData" -> {
        // Whoever erases an account is gone then.
        realm.grantAccount(realm.local("erased@example.test"), "delete-account");
        yield realm.token("erased@example.test");
      }
      default -> realm.token("admin@example.test");
    };
  }

  private void assertDescribed(ApiOperation operation, Api.Answer answer, int status) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    JsonNode response = operation.definition().get("responses").get(Integer.toString(status));
    assertThat(response).as("status " + status + " is not in the file").isNotNull();
    if (response.has("$ref")) {
      response = file.at(response.get("$ref").asText().substring(1));
    }
    JsonNode content = response.get("content");
    if (content == null) {
      assertThat(answer.text()).isEmpty();
      return;
    }
    String type = answer.header("content-type").replaceFirst(";.*", "");
    assertThat(content.has(type)).as(type + " is not in the file").isTrue();
    if (type.equals("application/json")) {
      assertFits(content.get(type).get("schema"), answer.text());
    }
  }

  /** With the file's components beside it, which it refers to. */
  private void assertFits(JsonNode schema, @Nullable String json) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", file.get("components"));
    JsonSchema checked = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(whole);
    assertThat(checked.validate(String.valueOf(json), InputFormat.JSON)).as(json).isEmpty();
  }
}

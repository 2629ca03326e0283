// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;

/**
 * An operation of {@code openapi.json}.
 *
 * @param definition what the file says of it
 */
record ApiOperation(String path, String method, JsonNode definition) {

  static Stream<ApiOperation> all(JsonNode file) {
    return file.get("paths").properties().stream()
        .flatMap(
            path ->
                path.getValue().properties().stream()
                    .filter(method -> !method.getKey().equals("parameters"))
                    .map(
                        method ->
                            new ApiOperation(path.getKey(), method.getKey(), method.getValue())));
  }

  String id() {
    return definition.get("operationId").asText();
  }

  boolean isOpenToAll() {
    return definition.has("security") && definition.get("security").isEmpty();
  }

  @Override
  public String toString() {
    return id();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.type.LogicalType;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.ErrorResponseException;

/** Reads requests strictly, every fault of theirs being a sentence, and writes answers. */
public final class Json {

  /** Ten thousand ids with room to spare. */
  private static final int MOST_BYTES = 2 * 1024 * 1024;

  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  /**
   * Reads one JSON object and nothing after it.
   *
   * @throws ErrorResponseException with status 400 or 413 when it is none of that type
   */
  public static <T> T read(@Nullable InputStream body, Class<T> type) {
    return read(body, type, MOST_BYTES);
  }

  /** Likewise, with another limit in bytes. */
  public static <T> T read(@Nullable InputStream body, Class<T> type, int most) {
    byte[] bytes = BoundedBody.read(body, most);
    if (bytes.length == 0) {
      throw bad("The request has no body; send a JSON object");
    }
    try {
      T value = MAPPER.readValue(bytes, type);
      if (value == null) {
        throw bad("The body must be a JSON object");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw bad("Unknown field " + quoted(e.getPropertyName()));
    } catch (JsonMappingException e) {
      throw bad(
          e.getPath().isEmpty()
              ? "The body must be a JSON object"
              : "Field " + quoted(path(e)) + " has a value of the wrong type");
    } catch (JsonProcessingException e) {
      throw bad("The body is not valid JSON");
    } catch (IOException e) {
      throw bad("The body cannot be read");
    }
  }

  public static Response ok(Object value) {
    return Response.ok(text(value), MediaType.APPLICATION_JSON_TYPE).build();
  }

  public static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Status 400 with a sentence, as Keycloak's admin API gives them. */
  public static ErrorResponseException bad(String sentence) {
    return ErrorResponse.error(sentence, Status.BAD_REQUEST);
  }

  /** Status 405 with a sentence: what is read here cannot be changed. */
  public static ErrorResponseException readOnly(String sentence) {
    return new ErrorResponseException(
        Response.status(Status.METHOD_NOT_ALLOWED)
            .header(HttpHeaders.ALLOW, "GET")
            .type(MediaType.APPLICATION_JSON_TYPE)
            .entity(text(Map.of("errorMessage", sentence)))
            .build());
  }

  private static String path(JsonMappingException e) {
    String name = e.getPath().get(0).getFieldName();
    return name == null ? "0" : name;
  }

  private static String quoted(String name) {
    return "'" + (name.length() > 50 ? name.substring(0, 50) + "…" : name) + "'";
  }

  private static ObjectMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            // What is handed on keeps its digits.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();
    for (CoercionInputShape shape :
        new CoercionInputShape[] {
          CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean
        }) {
      mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
    }
    for (CoercionInputShape shape :
        new CoercionInputShape[] {CoercionInputShape.Integer, CoercionInputShape.String}) {
      mapper.coercionConfigFor(LogicalType.Boolean).setCoercion(shape, CoercionAction.Fail);
    }
    return mapper;
  }
}

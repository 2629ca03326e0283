// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.RequestParameters;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.keycloak.services.ErrorResponseException;

/**
 * What the admin API refuses, as far as programs tell it apart: field {@code error} is the name in
 * lower case, which the console translates, and {@code errorMessage} a sentence for people.
 */
enum ApiError {
  AMBIGUOUS_ID(Status.CONFLICT, "Users of several components have this id; use Keycloak's"),
  CLIENT_NOT_FOUND(Status.NOT_FOUND, "Could not find client"),
  CSV_CELLS(Status.BAD_REQUEST, "A line must have 3 cells"),
  CSV_HEADER(Status.BAD_REQUEST, "The first line must be id,email,access_tier"),
  FORBIDDEN(Status.FORBIDDEN, "Forbidden"),
  ID_MISSING(Status.BAD_REQUEST, "The id is missing"),
  ID_TWICE(Status.BAD_REQUEST, "The id is in an earlier line as well"),
  NAMED_TWICE(Status.BAD_REQUEST, "The user is named before by another id"),
  NO_SECOND_FACTOR(Status.NOT_FOUND, "The schema has no second factor of this user"),
  NOT_CHANGED(Status.INTERNAL_SERVER_ERROR, "The tier could not be changed; see the server's log"),
  OWN_CLIENT(
      Status.BAD_REQUEST, "Keycloak's own clients and the tier console cannot require a tier"),
  SERVICE_ACCOUNT(Status.BAD_REQUEST, "A service account has no access tier"),
  TIER_CHANGED(Status.CONFLICT, "Somebody else has changed the tier meanwhile"),
  TIERS_READ_ONLY(Status.BAD_REQUEST, "Tiers are read-only in this user's storage"),
  UNKNOWN_TIER(Status.BAD_REQUEST, RequestParameters.UNKNOWN_TIER),
  USER_NOT_FOUND(Status.NOT_FOUND, "User not found");

  private final String code = name().toLowerCase(Locale.ROOT);
  private final Status status;
  private final String sentence;

  ApiError(Status status, String sentence) {
    this.status = status;
    this.sentence = sentence;
  }

  String code() {
    return code;
  }

  String sentence() {
    return sentence;
  }

  ErrorResponseException exception() {
    return exception(status, Map.of());
  }

  /** With another status, and with what else there is to know. */
  ErrorResponseException exception(Status status, Map<String, String> more) {
    Map<String, String> body = new LinkedHashMap<>();
    body.put("error", code);
    body.put("errorMessage", sentence);
    body.putAll(more);
    return new ErrorResponseException(
        Response.status(status)
            .type(MediaType.APPLICATION_JSON_TYPE)
            .entity(Json.text(body))
            .build());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.OAuth2ErrorRepresentation;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.cors.Cors;

/**
 * A refusal to a request that brought a bearer token, or should have: the header that RFC 6750,
 * section 3, wants, and the same as JSON for those who read bodies.
 */
public final class BearerChallenge {

  private BearerChallenge() {}

  /**
   * The refusal as an exception.
   *
   * @param error null: the request brought no token at all
   * @param cors says which pages may read the answer, its header included
   */
  public static ErrorResponseException of(
      KeycloakSession session,
      Status status,
      @Nullable String error,
      @Nullable String description,
      Cors cors) {
    return refusal(status, header(session, error, description), error, description, cors);
  }

  /** For a token of a sign-in that is longer ago; RFC 9470, section 3. */
  public static ErrorResponseException freshLoginWanted(
      KeycloakSession session, Duration maxAge, String description, Cors cors) {
    String error = "insufficient_user_authentication";
    return refusal(
        Status.UNAUTHORIZED,
        header(session, error, description) + ", max_age=" + maxAge.toSeconds(),
        error,
        description,
        cors);
  }

  private static ErrorResponseException refusal(
      Status status,
      String header,
      @Nullable String error,
      @Nullable String description,
      Cors cors) {
    cors.exposedHeaders(HttpHeaders.WWW_AUTHENTICATE).add();
    Response.ResponseBuilder answer =
        Response.status(status).header(HttpHeaders.WWW_AUTHENTICATE, header);
    // Keycloak gives an answer without a body one of its own, and drops the header.
    answer
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(
            error == null
                ? Map.of("error", "unauthorized")
                : new OAuth2ErrorRepresentation(error, description));
    return new ErrorResponseException(answer.build());
  }

  /** The header's value; the realm's name is the only part that others choose. */
  public static String header(
      KeycloakSession session, @Nullable String error, @Nullable String description) {
    StringBuilder header = new StringBuilder("Bearer");
    append(header, ' ', "realm", session.getContext().getRealm().getName());
    if (error != null) {
      append(header, ',', "error", error);
    }
    if (description != null) {
      append(header, ',', "error_description", description);
    }
    return header.toString();
  }

  private static void append(StringBuilder header, char before, String name, String value) {
    header.append(before);
    if (before == ',') {
      header.append(' ');
    }
    String quoted = value.replaceAll("[^\\x20-\\x7E]", "?").replaceAll("([\"\\\\])", "\\\\$1");
    header.append(name).append("=\"").append(quoted).append('"');
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.ErrorResponseException;

/** Reads a body no further than it may be long, whatever its Content-Length says. */
final class Limited {

  private Limited() {}

  /**
   * @param body null: there is none
   * @throws ErrorResponseException with status 413 when there is more
   */
  static byte[] read(@Nullable InputStream body, int most) {
    if (body == null) {
      return new byte[0];
    }
    try {
      byte[] bytes = body.readNBytes(most + 1);
      if (bytes.length > most) {
        throw ErrorResponse.error(
            "The body is longer than " + most + " bytes", Status.REQUEST_ENTITY_TOO_LARGE);
      }
      return bytes;
    } catch (IOException e) {
      throw Json.bad("The body cannot be read");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import jakarta.ws.rs.core.Response.Status;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.ErrorResponseException;

/**
 * A body that is read no further than it may be long, whatever its Content-Length says. Beyond that
 * it ends the request with status 413.
 */
public final class BoundedBody extends FilterInputStream {

  private final int most;
  private int read;

  private BoundedBody(InputStream body, int most) {
    super(body);
    this.most = most;
  }

  /**
   * As a stream.
   *
   * @param body null: there is none
   */
  public static InputStream stream(@Nullable InputStream body, int most) {
    return body == null ? InputStream.nullInputStream() : new BoundedBody(body, most);
  }

  /**
   * As a whole.
   *
   * @param body null: there is none
   * @throws ErrorResponseException with status 413 when there is more
   */
  static byte[] read(@Nullable InputStream body, int most) {
    try {
      return stream(body, most).readAllBytes();
    } catch (IOException e) {
      throw Json.bad("The body cannot be read");
    }
  }

  /** The answer to a body of too many of something. */
  public static ErrorResponseException tooLong(int most, String ofWhat) {
    return ErrorResponse.error(
        "The body is longer than " + most + " " + ofWhat, Status.REQUEST_ENTITY_TOO_LARGE);
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    count(one < 0 ? 0 : 1);
    return one;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int some = super.read(buffer, offset, length);
    count(Math.max(some, 0));
    return some;
  }

  private void count(int more) {
    read += more;
    if (read > most) {
      throw tooLong(most, "bytes");
    }
  }
}

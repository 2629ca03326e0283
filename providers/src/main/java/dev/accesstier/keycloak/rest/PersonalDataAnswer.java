// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.personal.PersonalData;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

/** A person's data, to be kept by whoever asked and by nobody on the way. */
public final class PersonalDataAnswer {

  private PersonalDataAnswer() {}

  public static Response summary(PersonalData data) {
    return unkept(Response.ok(data.summary(), MediaType.APPLICATION_JSON_TYPE)).build();
  }

  /** A file, written while it is read. */
  public static Response export(PersonalData data) {
    data.requireReadable();
    StreamingOutput all = data::export;
    return unkept(Response.ok(all, MediaType.APPLICATION_JSON_TYPE))
        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"personal-data.json\"")
        .build();
  }

  private static Response.ResponseBuilder unkept(Response.ResponseBuilder answer) {
    return answer
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .header("X-Content-Type-Options", "nosniff");
  }
}

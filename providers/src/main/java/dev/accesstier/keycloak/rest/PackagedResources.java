// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.keycloak.models.KeycloakSession;

/** Files of this package, which browsers may keep as long as they ask whether they are current. */
public final class PackagedResources {

  private static final Map<String, File> READ = new ConcurrentHashMap<>();

  /** A file with the hash of what is in it. */
  public record File(String text, EntityTag tag) {

    public static File of(String text) {
      try {
        byte[] hash =
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return new File(text, new EntityTag(HexFormat.of().formatHex(hash, 0, 16)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private PackagedResources() {}

  public static Response serve(KeycloakSession session, String name, String type) {
    return serve(session, read(name), type).header(HttpHeaders.CACHE_CONTROL, "no-cache").build();
  }

  public static Response.ResponseBuilder serve(KeycloakSession session, File file, String type) {
    String known =
        session
            .getContext()
            .getHttpRequest()
            .getHttpHeaders()
            .getHeaderString(HttpHeaders.IF_NONE_MATCH);
    Response.ResponseBuilder answer =
        known != null && known.contains(file.tag().getValue())
            ? Response.notModified()
            : Response.ok(file.text(), type + "; charset=UTF-8");
    return answer.tag(file.tag()).header("X-Content-Type-Options", "nosniff");
  }

  public static File read(String name) {
    return READ.computeIfAbsent(name, PackagedResources::readNew);
  }

  private static File readNew(String name) {
    try (InputStream file = PackagedResources.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new NotFoundException();
      }
      return File.of(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

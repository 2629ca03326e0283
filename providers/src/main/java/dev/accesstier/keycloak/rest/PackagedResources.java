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

/**
 * Files of this package. A browser keeps what it got from an {@link #address} for a year, since
 * another content has another address; at any other address it asks whether it is current.
 */
public final class PackagedResources {

  private static final String VERSION = "v";

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
    File file = read(name);
    String asked = session.getContext().getUri().getQueryParameters().getFirst(VERSION);
    String cached =
        file.tag().getValue().equals(asked) ? "public, max-age=31536000, immutable" : "no-cache";
    return serve(session, file, type).header(HttpHeaders.CACHE_CONTROL, cached).build();
  }

  /** The name, with the hash of what is in the file. */
  public static String address(String name) {
    return name + "?" + VERSION + "=" + read(name).tag().getValue();
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

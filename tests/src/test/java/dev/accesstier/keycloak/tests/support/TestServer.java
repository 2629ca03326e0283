// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.devserver.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.keycloak.admin.client.Keycloak;

/**
 * The one server of a test run, started at its first use: PostgreSQL with the fixture's rows in
 * database {@value #AUTH}, and Keycloak with the shipped JAR, its own tables beside them and a
 * small heap.
 */
public final class TestServer {

  /** Database of schema {@code auth}; all its statements are in PostgreSQL's log. */
  public static final String AUTH = "auth";

  /** Small on purpose: 200 logins at once must fit, at 32 MiB for each scrypt hash. */
  private static final String HEAP = "-Xms256m -Xmx512m";

  private static final class Shared {
    static final TestServer SERVER = new TestServer();
  }

  private final PostgresServer postgres;
  private final KeycloakServer keycloak;
  private final Keycloak admin;
  private final int cibaPort = freePort();

  private TestServer() {
    postgres = PostgresServer.start(folder("shared-postgres"), 0);
    postgres.createDatabase("keycloak");
    Fixture.load(postgres.createDatabase(AUTH));
    postgres.execute("postgres", "alter database " + AUTH + " set log_statement = 'all'");
    KeycloakOptions options =
        KeycloakOptions.defaults()
            .provider(jar())
            .heap(HEAP)
            .database(postgres, "keycloak")
            .authSchema(postgres, AUTH, Fixture.known().secret())
            // Tests count statements; those of changes by others switch it on.
            .argument("--spi-storage--auth-schema--changes-period=0")
            .argument("--features=token-exchange,admin-fine-grained-authz:v1")
            .argument(
                "--spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri"
                    + "=http://127.0.0.1:%d/ciba".formatted(cibaPort));
    keycloak = KeycloakServer.start(folder("shared-keycloak"), options);
    admin = admin(keycloak.baseUrl());
  }

  public static TestServer shared() {
    return Shared.SERVER;
  }

  public PostgresServer postgres() {
    return postgres;
  }

  public KeycloakServer keycloak() {
    return keycloak;
  }

  public Keycloak admin() {
    return admin;
  }

  /** Port on loopback where the server asks a device for consent in CIBA; nothing listens there. */
  public int cibaPort() {
    return cibaPort;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An admin client for a server that a test started itself. */
  public static Keycloak admin(String baseUrl) {
    return Keycloak.getInstance(
        baseUrl, "master", KeycloakServer.ADMIN, KeycloakServer.ADMIN, "admin-cli");
  }

  /** The JAR as it is shipped. */
  public static Path jar() {
    return path("access-tier.jar");
  }

  public static Path realmExport(String file) {
    return path("access-tier.realm-export").resolve(file);
  }

  /** A folder for a server's files, kept after the run. */
  public static Path folder(String name) {
    return path("access-tier.servers").resolve(name);
  }

  private static Path path(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException("Run the tests with: mvn verify");
    }
    return Path.of(value).normalize();
  }
}

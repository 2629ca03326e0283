// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import static java.util.Objects.requireNonNull;

import dasniko.testcontainers.keycloak.KeycloakContainer;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.MountableFile;

/**
 * The image, built once for the run, and a database beside it as the compose stack has one: schema
 * {@code auth} with the sample users in database {@code auth}, read by {@value #AUTH_USER}, and
 * Keycloak's own tables in database {@code keycloak}.
 */
final class Containers {

  static final String IMAGE = "keycloak-access-tier:test";

  /** What the image is built on; a machine that reaches no registry names a stand-in. */
  static final String BASE_IMAGE =
      image(
          "KEYCLOAK_BASE_IMAGE",
          "quay.io/keycloak/keycloak:" + System.getProperty("keycloak.server.version"));

  private static final String POSTGRES_IMAGE = image("POSTGRES_IMAGE", "postgres:17");

  /** The database's address for the other containers. */
  static final String AUTH_URL = "jdbc:postgresql://postgres:5432/auth";

  static final String AUTH_USER = "keycloak_auth";
  static final String AUTH_PASSWORD = "password-of-keycloak_auth";
  static final String KEYCLOAK_PASSWORD = "password-of-keycloak";

  private static final String POSTGRES = "postgres";
  private static final int POSTGRES_PORT = 5432;
  private static final int KEYCLOAK_PORT = 8080;
  private static final int MANAGEMENT_PORT = 9000;
  private static final long KEYCLOAK_MEMORY = 1250L << 20;

  private static final class Shared {
    static final Containers CONTAINERS = new Containers();
  }

  private static final class Built {
    static final String IMAGE =
        Command.of("docker", "build", "-f", "docker/Dockerfile", "-t", Containers.IMAGE)
            .with("--build-arg", "KEYCLOAK_BASE_IMAGE=" + BASE_IMAGE, ".")
            .run();
  }

  private final Network network = Network.newNetwork();
  private final GenericContainer<?> postgres = postgres(network);

  private Containers() {
    // Testcontainers' own reaper may be switched off.
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-containers"));
    postgres.start();
  }

  private static String image(String variable, String otherwise) {
    return System.getenv().getOrDefault(variable, otherwise);
  }

  /** The one database of the run, started at its first use. */
  static Containers shared() {
    return Shared.CONTAINERS;
  }

  /** Builds the image where that has not been done in this run; what the builder printed. */
  static String buildImage() {
    return Built.IMAGE;
  }

  /** A new PostgreSQL with the files of {@code docker/sql} applied. */
  static GenericContainer<?> postgres(Network network) {
    GenericContainer<?> container =
        new GenericContainer<>(POSTGRES_IMAGE)
            .withNetwork(network)
            .withNetworkAliases(POSTGRES)
            .withCommand(POSTGRES, "-c", "fsync=off")
            .withExposedPorts(POSTGRES_PORT)
            .withEnv("POSTGRES_DB", "auth")
            .withEnv("POSTGRES_PASSWORD", POSTGRES)
            .withEnv("KEYCLOAK_DB_PASSWORD", KEYCLOAK_PASSWORD)
            .withEnv("AUTH_DB_PASSWORD", AUTH_PASSWORD)
            // The first is of the server that runs the scripts.
            .waitingFor(Wait.forLogMessage(".*ready to accept connections.*\\s", 2));
    script(container, "sql/schema.sql", "1.sql");
    script(container, "sql/role-read-only.sql", "2.sql");
    script(container, "sql/role-writable.sql", "3.sql");
    script(container, "sql/sample-users.sql", "4.sql");
    script(container, "compose/database-users.sh", "5.sh");
    return container;
  }

  private static void script(GenericContainer<?> container, String file, String name) {
    Path path = TestServer.jar().resolve("../../../docker").resolve(file).normalize();
    container.withCopyFileToContainer(
        MountableFile.forHostPath(path, 0755), "/docker-entrypoint-initdb.d/" + name);
  }

  /**
   * The image beside the database, with realm {@code mana} to import, not started, and without
   * passwords.
   */
  KeycloakContainer keycloak() {
    buildImage();
    return new KeycloakContainer(IMAGE)
        .withProductionMode()
        .withOptimizedFlag()
        .withRamPercentage(20, 60)
        .withCreateContainerCmdModifier(
            command -> requireNonNull(command.getHostConfig()).withMemory(KEYCLOAK_MEMORY))
        // Not the default, "started": the server answers 503 until it is ready as well.
        .waitingFor(
            Wait.forHttp("/health/ready")
                .forPort(MANAGEMENT_PORT)
                .withStartupTimeout(Duration.ofMinutes(5)))
        .withNetwork(network)
        .withEnv("KC_HTTP_ENABLED", "true")
        .withEnv("KC_HOSTNAME_STRICT", "false")
        .withEnv("KC_CACHE", "local")
        .withEnv("KC_DB_URL", "jdbc:postgresql://postgres:5432/keycloak")
        .withEnv("KC_DB_USERNAME", "keycloak")
        .withEnv("KC_SPI_STORAGE__AUTH_SCHEMA__JDBC_URL", AUTH_URL)
        .withEnv("KC_SPI_STORAGE__AUTH_SCHEMA__USERNAME", AUTH_USER)
        .withCopyFileToContainer(
            MountableFile.forHostPath(TestServer.realmExport("mana-realm.json"), 0644),
            "/opt/keycloak/data/import/mana-realm.json");
  }

  static String url(KeycloakContainer keycloak) {
    return "http://%s:%d".formatted(keycloak.getHost(), keycloak.getMappedPort(KEYCLOAK_PORT));
  }

  /** A new, empty database in the same PostgreSQL, for its superuser. */
  DataSource createDatabase(String name) {
    new SqlDatabase(database(POSTGRES)).run("create database " + name);
    return database(name);
  }

  private DataSource database(String name) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {postgres.getHost()});
    source.setPortNumbers(new int[] {postgres.getMappedPort(POSTGRES_PORT)});
    source.setDatabaseName(name);
    source.setUser(POSTGRES);
    source.setPassword(POSTGRES);
    return source;
  }

  private void stop() {
    postgres.stop();
    network.close();
  }
}

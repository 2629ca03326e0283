// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/** {@code mvn -Pdemo}: a database with sample users and a server with the realm, until Ctrl-C. */
public final class Demo {

  private static final int KEYCLOAK_PORT = 8080;
  private static final int MANAGEMENT_PORT = 9000;
  private static final int POSTGRES_PORT = 5432;

  /** Better Auth's secret in the demo; nothing but sample data is encrypted with it. */
  private static final String SECRET = "demo-secret-for-sample-data-only";

  private static final PrintStream OUT = System.out;

  private Demo() {}

  public static void main(String[] arguments) throws InterruptedException {
    Instant begin = Instant.now();
    Path directory = path("demo.directory");
    KeycloakDistribution.delete(directory);
    Path realm = DemoRealm.write(path("demo.realm"), directory.resolve("realm"));

    say("Starting PostgreSQL ...");
    try (PostgresServer postgres =
        PostgresServer.start(directory.resolve("postgres"), POSTGRES_PORT)) {
      DataSource auth = postgres.createDatabase("auth");
      postgres.createDatabase("keycloak");
      AuthSchemaSql.apply(auth, "indexes.sql", "hint-trigger.sql");
      DemoUsers.addTo(auth, SECRET);
      say("PostgreSQL is up on port " + postgres.port() + ", with schema auth and sample users.");
      if (!KeycloakDistribution.cached()) {
        say("Unpacking Keycloak, this once ...");
      }
      say("Starting Keycloak; a first start takes about a minute ...");
      KeycloakOptions options =
          KeycloakOptions.defaults()
              .provider(path("demo.jar"))
              .realm(realm)
              .database(postgres, "keycloak")
              .authSchema(postgres, "auth", SECRET)
              .variable("JAVA_OPTS_APPEND", "--add-modules jdk.incubator.vector")
              .ports(KEYCLOAK_PORT, MANAGEMENT_PORT);
      try (KeycloakServer keycloak = KeycloakServer.start(directory.resolve("keycloak"), options)) {
        OUT.println(DemoScreen.text(keycloak, postgres, Duration.between(begin, Instant.now())));
        OUT.flush();
        CountDownLatch forever = new CountDownLatch(1);
        forever.await();
      }
    }
  }

  private static void say(String line) {
    OUT.println(line);
    OUT.flush();
  }

  private static Path path(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException("Start the demo with: mvn -Pdemo");
    }
    return Path.of(value).normalize();
  }
}

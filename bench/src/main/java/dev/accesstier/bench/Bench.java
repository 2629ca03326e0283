// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.accesstier.devserver.AuthSchemaSql;
import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.credential.ScryptHash;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * {@code mvn -Pbench}: a Keycloak with the extension over a schema of people, one without it that
 * has as many people of its own, and the real Better Auth, all on one PostgreSQL and on loopback.
 */
public final class Bench {

  private static final String SECRET = "bench-secret-for-sample-data-only";
  private static final int LOGINS = 8;
  private static final PrintStream OUT = System.out;

  private final Mode mode =
      Mode.valueOf(System.getProperty("bench.mode", "full").toUpperCase(Locale.ROOT));
  private final Path directory = path("bench.directory");
  private final List<Comparison.Measured> measured = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private Bench() {}

  public static void main(String[] arguments) {
    int status = 0;
    try {
      new Bench().run();
    } catch (IOException | RuntimeException e) {
      e.printStackTrace(OUT);
      status = 1;
    }
    // The load generator leaves threads that would keep this alive.
    System.exit(status);
  }

  private void run() throws IOException {
    say("Load generator by itself ...");
    Load.Result generator = generator();
    say("Hashes ...");
    Hashing.Measured hashing = Hashing.measure(mode == Mode.FULL ? 60 : 10 * mode.rounds());
    say("PostgreSQL and two Keycloaks, " + mode.users() + " users each ...");
    try (PostgresServer postgres = PostgresServer.start(directory.resolve("postgres"), 0)) {
      people(postgres);
      postgres.createDatabase("ours");
      postgres.createDatabase("theirs");
      KeycloakOptions with =
          KeycloakOptions.defaults()
              .provider(path("bench.jar"))
              .database(postgres, "ours")
              .authSchema(postgres, "auth", SECRET)
              .variable("JAVA_OPTS_APPEND", "--add-modules jdk.incubator.vector");
      KeycloakOptions without = KeycloakOptions.defaults().database(postgres, "theirs");
      try (KeycloakServer one = KeycloakServer.start(directory.resolve("ours"), with);
          KeycloakServer other = KeycloakServer.start(directory.resolve("theirs"), without)) {
        Server ours = new Server(one);
        Server theirs = new Server(other);
        ours.create(ours.realm(true));
        theirs.create(withLogins(theirs.realm(false)));
        nativePeople(postgres, theirs);
        postgres.execute("auth", "vacuum analyze");
        postgres.execute("theirs", "vacuum analyze");
        requests(ours, theirs);
        lists(ours, theirs);
        logins(ours, theirs, postgres);
      }
    }
    Report report =
        new Report(
            mode.name().toLowerCase(Locale.ROOT),
            LocalDate.now().toString(),
            machine(),
            mode.users(),
            generator,
            hashing,
            measured,
            notes);
    report.write(path("bench.results"));
    OUT.println();
    OUT.println(report.table());
    if (measured.stream().anyMatch(one -> one.ours().errors() + one.theirs().errors() > 0)) {
      throw new IllegalStateException("Some requests failed; the figures above are of no use");
    }
  }

  private Load.Result generator() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newFixedThreadPool(LOGINS));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      Load load = new Load("http://127.0.0.1:" + server.getAddress().getPort() + "/", Map.of(), "");
      load.run(LOGINS, mode.round());
      return load.run(LOGINS, mode.round());
    } finally {
      server.stop(0);
    }
  }

  private void people(PostgresServer postgres) {
    DataSource auth = postgres.createDatabase("auth");
    AuthSchemaSql.apply(auth);
    SampleUsers users = new SampleUsers(auth);
    String hash = ScryptHash.of(Server.PASSWORD).stored();
    for (int i = 1; i <= LOGINS; i++) {
      users.add(SampleUser.of("load" + i + "@bench.test", "Load " + i).passwordHash(hash));
    }
    users.addMany("user", mode.users());
  }

  private static ObjectNode withLogins(ObjectNode realm) {
    ArrayNode users = realm.putArray("users");
    for (int i = 1; i <= LOGINS; i++) {
      ObjectNode user = users.addObject();
      user.put("username", "load" + i + "@bench.test").put("email", "load" + i + "@bench.test");
      user.put("firstName", "Load").put("lastName", "" + i);
      user.put("enabled", true).put("emailVerified", true);
      user.putArray("credentials")
          .addObject()
          .put("type", "password")
          .put("value", Server.PASSWORD);
    }
    return realm;
  }

  /** As many of Keycloak's own, in its tables: by its API that would take hours. */
  private void nativePeople(PostgresServer postgres, Server theirs) {
    String id =
        Http.json(
                Http.send(
                    "GET",
                    theirs.adminUrl(),
                    "",
                    Map.of("Authorization", "Bearer " + theirs.adminToken())))
            .path("id")
            .asText();
    postgres.execute(
        "theirs",
        """
        insert into user_entity (id, email, email_constraint, email_verified, enabled, realm_id,
                                 username, first_name, last_name, created_timestamp, not_before)
        select gen_random_uuid()::text, 'user' || n || '@example.test', 'user' || n || '@example.test',
               true, true, '%s', 'user' || n || '@example.test', 'User', n::text, 1700000000000 + n, 0
          from generate_series(1, %d) n
        """
            .formatted(id, mode.users()));
    postgres.execute(
        "theirs",
        """
        insert into user_attribute (id, name, value, user_id)
        select gen_random_uuid()::text, 'access_tier',
               (array['guest', 'public', 'beta', 'alpha', 'founder'])[1 + (created_timestamp %% 5)::int],
               id
          from user_entity where realm_id = '%s' and email like 'user%%'
        """
            .formatted(id));
  }

  private void requests(Server ours, Server theirs) {
    for (int connections : new int[] {1, LOGINS}) {
      compare(
          "introspection, gate and claim on",
          "own user",
          connections,
          ours.introspection(),
          theirs.introspection());
      compare("userinfo, claim on", "own user", connections, ours.userInfo(), theirs.userInfo());
    }
  }

  private void lists(Server ours, Server theirs) {
    int deep = mode.users() / 2;
    int last = mode.users() - 20;
    compareAdmin("user list, first page", ours, theirs, "/users?max=20");
    compareAdmin("user list, in the middle", ours, theirs, "/users?max=20&first=" + deep);
    compareAdmin("user list, last page", ours, theirs, "/users?max=20&first=" + last);
    compareAdmin("user by email", ours, theirs, "/users?exact=true&email=user77@example.test");
    compareAdmin("search, rare", ours, theirs, "/users?max=20&search=user777");
    compareAdmin("count", ours, theirs, "/users/count");
    compare(
        "tier filter, first page",
        "search by attribute",
        1,
        ours.admin("/access-tier/users?tier=beta&max=20"),
        theirs.admin("/users?q=access_tier:beta&max=20"));
    compare(
        "tier filter, deep",
        "search by attribute",
        1,
        ours.admin("/access-tier/users?tier=beta&max=20&first=" + deep / 5),
        theirs.admin("/users?q=access_tier:beta&max=20&first=" + deep / 5));
    String token = ours.userToken();
    compare(
        "apps of a person (" + Server.APPS + " apps)",
        "userinfo of an own user",
        1,
        ours.get(ours.realmUrl() + "/access-tier/apps", token),
        theirs.userInfo());
  }

  private void logins(Server ours, Server theirs, PostgresServer postgres) {
    for (int connections : new int[] {1, LOGINS}) {
      compare(
          "password sign-in with tokens",
          "own user, argon2",
          connections,
          ours.login(),
          theirs.login());
    }
    for (String version : List.of("better-auth-1.6", "better-auth-1.7")) {
      Optional<BetterAuth> started =
          BetterAuth.start(
              path("bench.interop"),
              version,
              postgres,
              SECRET,
              directory.resolve(version + ".log"));
      if (started.isEmpty()) {
        notes.add("Not measured: " + version + ", for want of Node or its packages.");
        continue;
      }
      try (BetterAuth service = started.get()) {
        for (int connections : new int[] {1, LOGINS}) {
          compare(
              "password sign-in, same rows",
              version.replace("better-auth-", "Better Auth "),
              connections,
              ours.login(),
              service.login());
        }
      }
    }
  }

  private void compareAdmin(String name, Server ours, Server theirs, String path) {
    compare(name, "own users", 1, ours.admin(path), theirs.admin(path));
  }

  private void compare(String name, String peer, int connections, Load ours, Load theirs) {
    Comparison.Measured one = new Comparison(name, peer, connections, ours, theirs).measure(mode);
    measured.add(one);
    say(
        "%s, %d against %s: %.1f and %.1f a second, %.2f"
            .formatted(
                name,
                connections,
                peer,
                one.ours().perSecond(),
                one.theirs().perSecond(),
                one.ratio()));
  }

  /** What kind of machine, and nothing that would tell one from another. */
  private static String machine() {
    return "%d cores%s, Java %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            processor().map(name -> " of " + name).orElse(""),
            Runtime.version().feature());
  }

  private static Optional<String> processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.replaceFirst(".*:\\s*", ""))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void say(String line) {
    OUT.println(line);
    OUT.flush();
  }

  private static Path path(String property) {
    @Nullable String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException("Start it with: mvn -Pbench");
    }
    return Path.of(value).normalize();
  }
}

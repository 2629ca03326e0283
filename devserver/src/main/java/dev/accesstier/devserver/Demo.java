// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/**
 * {@code mvn -Pdemo}: a database with sample users, a server with the realm, two sample apps and an
 * inbox for the server's mail, until Ctrl-C.
 */
public final class Demo implements AutoCloseable {

  /** Better Auth's secret in the demo; nothing but sample data is encrypted with it. */
  private static final String SECRET = "demo-secret-for-sample-data-only";

  private static final int MANY = 500;

  private final PostgresServer postgres;
  private final KeycloakServer keycloak;
  private final DemoMail mail;
  private final DemoPages pages;
  private final String pagesUrl;

  private Demo(
      PostgresServer postgres,
      KeycloakServer keycloak,
      DemoMail mail,
      DemoPages pages,
      String pagesUrl) {
    this.postgres = postgres;
    this.keycloak = keycloak;
    this.mail = mail;
    this.pages = pages;
    this.pagesUrl = pagesUrl;
  }

  public static void main(String[] arguments) throws InterruptedException {
    Instant begin = Instant.now();
    try (Demo demo = start(path("demo.jar"), path("demo.realm"), path("demo.directory"))) {
      say("Ready after " + Duration.between(begin, Instant.now()).toSeconds() + " s.");
      demo.describe(System.out);
      CountDownLatch forever = new CountDownLatch(1);
      forever.await();
    }
  }

  /**
   * Starts everything; ports are those of the options {@code -Ddemo....port}.
   *
   * @param jar the extension
   * @param realmFile as it is shipped
   * @param directory for data and logs; what is in it is deleted
   */
  public static Demo start(Path jar, Path realmFile, Path directory) {
    DemoPorts ports = DemoPorts.fromOptions();
    ports.moved().forEach(Demo::say);
    KeycloakDistribution.delete(directory);
    String pagesUrl = "http://localhost:" + ports.pages();
    Path realm = DemoRealm.write(realmFile, directory.resolve("realm"), pagesUrl, ports.smtp());

    say("Starting PostgreSQL ...");
    PostgresServer postgres = PostgresServer.start(directory.resolve("postgres"), ports.postgres());
    DataSource auth = postgres.createDatabase("auth");
    postgres.createDatabase("keycloak");
    AuthSchemaSql.apply(auth, "indexes.sql", "hint-trigger.sql");
    DemoUsers.addTo(auth, SECRET);
    SampleUsers users = new SampleUsers(auth);
    users.addMany("person", MANY);
    String magicToken = SampleUser.newId();
    users.addMagicLink(DemoUsers.email("beta-user"), magicToken);
    say("PostgreSQL is up on port " + postgres.port() + ", with schema auth and sample users.");

    if (!KeycloakDistribution.cached()) {
      say("Unpacking Keycloak, this once ...");
    }
    say("Starting Keycloak; a first start takes about a minute ...");
    DemoMail mail = new DemoMail(ports.smtp());
    KeycloakOptions options =
        KeycloakOptions.defaults()
            .provider(jar)
            .realm(realm)
            .database(postgres, "keycloak")
            .authSchema(postgres, "auth", SECRET)
            .variable("JAVA_OPTS_APPEND", "--add-modules jdk.incubator.vector")
            .ports(ports.keycloak(), ports.management());
    KeycloakServer keycloak = KeycloakServer.start(directory.resolve("keycloak"), options);
    String server = local(keycloak);
    say("Keycloak is up; adding some history ...");
    DemoAdmin admin = new DemoAdmin(server);
    admin.letMasterAdminsEditTiers();
    admin.makeHistory();
    String realmUrl = server + "/realms/mana";
    mail.send(
        magicLink(
            realmUrl,
            DemoUsers.email("beta-user"),
            magicToken,
            pagesUrl + "/" + DemoRealm.OPEN + "/callback"));
    DemoPages pages =
        new DemoPages(
            ports.pages(),
            mail,
            Map.of(
                DemoRealm.OPEN,
                app(DemoRealm.OPEN, "Demo Notes", realmUrl, pagesUrl),
                DemoRealm.GATED,
                app(DemoRealm.GATED, "Demo Chat", realmUrl, pagesUrl)),
            realmUrl + "/access-tier/portal");
    return new Demo(postgres, keycloak, mail, pages, pagesUrl);
  }

  private static SampleApp app(String clientId, String name, String realmUrl, String pagesUrl) {
    return new SampleApp(clientId, name, realmUrl, pagesUrl + "/" + clientId);
  }

  /** What a Better Auth service had mailed before the switch. */
  private static DemoMail.Mail magicLink(
      String realmUrl, String to, String token, String callback) {
    return new DemoMail.Mail(
        to,
        "Your magic link",
        "Mailed by the old service before the switch. It signs you in to Demo Notes, once:\n\n"
            + realmUrl
            + "/access-tier/magic-link?token="
            + token
            + "&callbackURL="
            + URLEncoder.encode(callback, StandardCharsets.UTF_8)
            + "\n");
  }

  /** A passkey belongs to a host name, which an address is not. */
  private static String local(KeycloakServer keycloak) {
    return keycloak.baseUrl().replace("127.0.0.1", "localhost");
  }

  /** Keycloak's base URL, without a slash at its end. */
  public String server() {
    return local(keycloak);
  }

  /** Likewise, of the sample apps and the inbox. */
  public String pages() {
    return pagesUrl;
  }

  /** Says where everything is, and what to try. */
  public void describe(PrintStream out) {
    out.println(DemoScreen.text(this));
    out.flush();
  }

  PostgresServer postgres() {
    return postgres;
  }

  Path keycloakLog() {
    return keycloak.logFile();
  }

  @Override
  public void close() {
    pages.close();
    keycloak.close();
    mail.close();
    postgres.close();
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static Path path(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException("Start the demo with: mvn -Pdemo");
    }
    return Path.of(value).normalize();
  }
}

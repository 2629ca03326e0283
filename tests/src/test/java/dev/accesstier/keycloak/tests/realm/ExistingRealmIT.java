// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.realm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.GenericType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.PartialImportRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RequiredActionProviderRepresentation;
import org.keycloak.representations.userprofile.config.UPAttribute;
import org.keycloak.util.JsonSerialization;

/** The script and the partial import, in the order that the guide gives. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ExistingRealmIT {

  private static final String NAME = "existing";
  private static final String COMPONENT = "existing-better-auth-1";
  private static final int SCRIPT_MINUTES = 15;

  private final Path directory = TestServer.folder("setup-script");

  @BeforeAll
  void makeRealm() throws IOException {
    Files.createDirectories(directory);
    RealmRepresentation realm = new RealmRepresentation();
    realm.setRealm(NAME);
    realm.setEnabled(true);
    TestServer.shared().admin().realms().create(realm);
    var profile = realm().users().userProfile();
    var configuration = profile.getConfiguration();
    configuration.addOrReplaceAttribute(new UPAttribute("shoe_size"));
    profile.update(configuration);
  }

  @AfterAll
  void removeRealm() {
    master().clients().get(consoleInMaster().getId()).remove();
    realm().remove();
  }

  @Test
  @Order(1)
  void theScriptBringsEverythingButTheApps() throws Exception {
    runScript();
    assertThat(realm().components().component(COMPONENT).toRepresentation().getProviderId())
        .isEqualTo("auth-schema");
    assertThat(realm().roles().list()).extracting("name").contains("user", "admin", "service");
    assertThat(realm().clientScopes().findAll())
        .extracting("name")
        .contains("access-tier", "mana-claims", "access-tier-saml");
    assertThat(realm().clientScopes().findAll())
        .filteredOn(scope -> List.of("access-tier", "mana-claims").contains(scope.getName()))
        .allSatisfy(
            scope ->
                assertThat(scope.getAttributes()).containsEntry("include.in.token.scope", "true"));
    assertThat(realm().getDefaultDefaultClientScopes()).extracting("name").contains("access-tier");
    assertThat(realm().users().userProfile().getConfiguration().getAttributes())
        .extracting(UPAttribute::getName)
        .contains("access_tier", "shoe_size", "email");
    assertThat(realm().localization().getRealmLocalizationTexts("de"))
        .containsEntry("accessTier.guest", "Gast");
    RequiredActionProviderRepresentation gate =
        realm().flows().getRequiredAction("access-tier-gate");
    assertThat(gate.isEnabled()).isTrue();
    assertThat(realm().clientPoliciesPoliciesResource().getPolicies().getPolicies())
        .extracting("name")
        .contains("access-tier");
    assertThat(realm().getRealmEventsConfig().isAdminEventsEnabled()).isTrue();
    assertThat(realm().getRealmEventsConfig().getEnabledEventTypes())
        .containsAll(RealmFileIT.eventTypesOfKeycloak())
        .containsAll(RealmFileIT.EVENT_TYPES_OF_REFUSALS);
    var console = realm().clients().findByClientId("access-tier-console").get(0);
    assertThat(console.getRedirectUris())
        .containsExactly("/realms/" + NAME + "/access-tier/console");
    String management = realm().clients().findByClientId("realm-management").get(0).getId();
    assertThat(
            realm()
                .clients()
                .get(console.getId())
                .getScopeMappings()
                .clientLevel(management)
                .listAll())
        .extracting("name")
        .containsExactlyInAnyOrder(
            "view-users", "manage-users", "view-clients", "manage-clients", "view-events");
    assertThat(consoleInMaster().getRedirectUris())
        .containsExactly("/realms/master/access-tier/console");
    String ofRealm = master().clients().findByClientId(NAME + "-realm").get(0).getId();
    assertThat(
            master()
                .clients()
                .get(consoleInMaster().getId())
                .getScopeMappings()
                .clientLevel(ofRealm)
                .listAll())
        .extracting("name")
        .contains("view-users", "manage-clients");
  }

  @Test
  @Order(2)
  void runAgainItChangesNothing() throws Exception {
    String before = export();
    runScript();
    assertThat(export()).isEqualTo(before);
  }

  @Test
  @Order(3)
  void thePartialImportBringsTheApps() throws IOException {
    try (Response response = partialImport()) {
      assertThat(response.getStatus()).isEqualTo(200);
    }
    var chat = realm().clients().findByClientId("chat").get(0);
    assertThat(chat.getAttributes()).containsEntry("access.tier.required", "alpha");
    assertThat(chat.getDefaultClientScopes()).contains("access-tier", "mana-claims");
    String before = export();
    try (Response again = partialImport()) {
      assertThat(again.readEntity(new GenericType<Map<String, Object>>() {}))
          .containsEntry("added", 0);
    }
    assertThat(export()).isEqualTo(before);
  }

  private Response partialImport() throws IOException {
    PartialImportRepresentation parts =
        JsonSerialization.readValue(
            Files.readString(TestServer.realmExport("partial-import.json")),
            PartialImportRepresentation.class);
    return realm().partialImport(parts);
  }

  private static String export() {
    return inOrder(new ObjectMapper().valueToTree(realm().partialExport(true, true)));
  }

  /** As text, with lists sorted: Keycloak exports many of them in no order. */
  private static String inOrder(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream()
          .map(field -> "\n" + field.getKey() + ": " + inOrder(field.getValue()))
          .sorted()
          .toList()
          .toString();
    }
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false)
            .map(ExistingRealmIT::inOrder)
            .sorted()
            .toList()
            .toString()
        : node.asText();
  }

  private static RealmResource master() {
    return TestServer.shared().admin().realm("master");
  }

  private static ClientRepresentation consoleInMaster() {
    return master().clients().findByClientId("access-tier-console").get(0);
  }

  private static RealmResource realm() {
    return TestServer.shared().admin().realm(NAME);
  }

  private void runScript() throws IOException, InterruptedException {
    var keycloak = TestServer.shared().keycloak();
    Path output = Files.createTempFile(directory, "script", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                "bash",
                TestServer.realmExport("setup-existing-realm.sh").toString(),
                "--master",
                NAME,
                COMPONENT));
    builder
        .environment()
        .putAll(
            Map.of(
                // It runs some sixty times, for a moment each.
                "KC_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                "KCADM", keycloak.home().resolve("bin/kcadm.sh").toString(),
                "KCADM_CONFIG", directory.resolve("kcadm.config").toString(),
                "KCADM_SERVER", keycloak.baseUrl(),
                "KCADM_USER", "admin",
                "KCADM_PASSWORD", "admin",
                "JAVA_HOME", Objects.requireNonNull(System.getProperty("java.home"))));
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process script = builder.start();
    boolean ended = script.waitFor(SCRIPT_MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      script.destroyForcibly();
    }
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(ended).as(said).isTrue();
    assertThat(script.exitValue()).as(said).isZero();
  }
}

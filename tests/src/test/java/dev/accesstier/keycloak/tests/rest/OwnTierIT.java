// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** What users ask for themselves. */
@TestInstance(Lifecycle.PER_CLASS)
final class OwnTierIT {

  private final TierRealm realm = new TierRealm();

  @BeforeAll
  void makeRealm() {
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation.setInternationalizationEnabled(true);
    representation.setSupportedLocales(Set.of("en", "de"));
    representation.setDefaultLocale("en");
    realm.keycloak().update(representation);
    String id = realm.local("member@example.test");
    realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"beta\"}").json(200);
    String guest = realm.local("guest@example.test");
    realm.asMaster().put("users/" + guest + "/tier", "{\"tier\":\"guest\"}").json(200);
    realm.local("default@example.test");
    add("calc", Map.of("access.tier.required", "beta", "access.tier.description.de", "Rechner"));
    add("mail", Map.of("access.tier.required", "founder", "access.tier.coming-soon", "true"));
    add("memoro", Map.of("access.tier.required", "beta", "access.tier.archived", "true"));
    add("portal", Map.of());
    add("wiki", Map.of());
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private void add(String clientId, Map<String, String> attributes) {
    ClientRepresentation client = TestRealm.client(clientId);
    client.setName(clientId.toUpperCase(Locale.ROOT));
    client.setDescription("Calculator");
    client.setRootUrl("https://" + clientId + ".example");
    client.setBaseUrl("/start");
    client.setAttributes(attributes);
    realm.realm.add(client);
  }

  private Api as(String user) {
    return new Api(realm.publicUrl(), realm.token(user));
  }

  @Test
  void aTierHasALabelInTheRequestsLanguage() {
    assertThat(as("member@example.test").get("me").text())
        .isEqualTo("{\"accessTier\":\"beta\",\"level\":2,\"label\":\"Beta\"}");
    assertThat(labelOf("guest@example.test", "de")).isEqualTo("Gast");
    assertThat(labelOf("guest@example.test", "en")).isEqualTo("Guest");
    assertThat(labelOf("guest@example.test", "fr")).isEqualTo("Guest");
    assertThat(as("default@example.test").get("me").text())
        .isEqualTo("{\"accessTier\":\"public\",\"level\":1,\"label\":\"Standard\"}");
  }

  private String labelOf(String user, String language) {
    return as(user)
        .send("GET", "me", null, "", Map.of("Accept-Language", language))
        .json(200)
        .get("label")
        .asText();
  }

  @Test
  void aTokenOfARealmThatWasClosedIsOfNoUse() {
    Api member = as("member@example.test");
    assertThat(member.get("me").status()).isEqualTo(200);
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation.setEnabled(false);
    realm.keycloak().update(representation);
    try {
      assertThat(member.get("me").status()).isBetween(400, 499);
      assertThat(member.get("apps").status()).isBetween(400, 499);
    } finally {
      representation.setEnabled(true);
      realm.keycloak().update(representation);
    }
    assertThat(member.get("me").status()).isEqualTo(200);
  }

  @Test
  void theAppsAreNotSentAgainWhileTheyAreTheSame() {
    Api member = as("member@example.test");
    Api.Answer first = member.get("apps");

    assertThat(first.header("cache-control")).isEqualTo("private, no-cache");
    assertThat(
            member
                .send("GET", "apps", null, "", Map.of("If-None-Match", first.header("etag")))
                .status())
        .isEqualTo(304);
    assertThat(
            as("guest@example.test")
                .send("GET", "apps", null, "", Map.of("If-None-Match", first.header("etag")))
                .status())
        .as("another person's")
        .isEqualTo(200);
  }

  @Test
  void theAppsAreThoseThatASwitcherDraws() {
    JsonNode apps =
        as("member@example.test")
            .send("GET", "apps", null, "", Map.of("Accept-Language", "de"))
            .json(200)
            .get("apps");
    assertThat(apps)
        .extracting(app -> app.get("clientId").asText())
        .containsExactly("calc", "mail", "wiki");
    assertThat(apps.get(0).toString())
        .isEqualTo(
            "{\"clientId\":\"calc\",\"name\":\"CALC\",\"description\":\"Rechner\",\"icon\":null,\"url\":\"https://calc.example/start\",\"requiredTier\":\"beta\",\"accessible\":true,\"comingSoon\":false}");
    assertThat(apps.get(1).get("accessible").asBoolean()).isFalse();
    assertThat(apps.get(1).get("comingSoon").asBoolean()).isTrue();
    assertThat(apps.get(1).get("description").asText()).isEqualTo("Calculator");
    assertThat(apps.get(2).get("requiredTier").isNull()).isTrue();
    assertThat(apps.get(2).get("accessible").asBoolean()).isTrue();
  }

  @Test
  void aTokenIsNeeded() {
    Api nobody = new Api(realm.publicUrl(), null);
    assertThat(nobody.get("me").status()).isEqualTo(401);
    assertThat(nobody.get("apps").status()).isEqualTo(401);
    assertThat(new Api(realm.publicUrl(), () -> "nonsense").get("me").status()).isEqualTo(401);
    assertThat(
            new Api(
                    realm.publicUrl(),
                    () -> TestServer.shared().admin().tokenManager().getAccessTokenString())
                .get("me")
                .status())
        .as("a token of realm master")
        .isEqualTo(401);
  }

  @Test
  void nothingElseIsThere() {
    assertThat(as("member@example.test").get("nothing").status()).isEqualTo(404);
    assertThat(as("member@example.test").get("console").status()).isEqualTo(404);
  }

  /** RFC 6750, section 3: also where no token was brought. */
  @Test
  void aRefusalSaysWhichTokenIsWanted() throws Exception {
    var answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(realm.publicUrl() + "me")).build(),
                HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
        .startsWith("Bearer realm=\"");
  }
}

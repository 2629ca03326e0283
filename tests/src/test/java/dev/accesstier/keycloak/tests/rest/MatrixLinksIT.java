// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.oauth2.sdk.ResourceOwnerPasswordCredentialsGrant;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** People's Matrix accounts, and what bots do with them. */
@TestInstance(Lifecycle.PER_CLASS)
class MatrixLinksIT {

  private static final String ACCOUNT = "for-account";
  private static final String BOT = "a-bot";
  private static final String NARROW_BOT = "narrow-bot";

  /** Whose tokens would live for an hour. */
  private static final String LONG_BOT = "long-bot";

  private static final String GRANT = "urn:accesstier:grant-type:matrix-user";
  private static final String SERVER = "matrix.test";

  private final Homeserver homeserver = new Homeserver(SERVER);
  private final TierRealm realm = new TierRealm(Map.of("editMode", "WRITABLE"));

  @BeforeAll
  void addClients() {
    addTo(realm);
  }

  private void addTo(TierRealm realm) {
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation
        .getAttributes()
        .put(
            "access.tier.matrix-homeservers",
            SERVER + "=" + homeserver.url() + ", unreachable.test,localhost, =broken");
    realm.keycloak().update(representation);
    ClientRepresentation account = TestRealm.client(ACCOUNT);
    account.setProtocolMappers(List.of(TestRealm.ownAudience("account"), claim(Map.of())));
    realm.realm.add(account);
    realm.addBot(bot(BOT));
    ClientRepresentation narrow = bot(NARROW_BOT);
    narrow.setFullScopeAllowed(false);
    realm.addBot(narrow);
    ClientRepresentation longLived = bot(LONG_BOT);
    longLived.getAttributes().put("access.token.lifespan", "3600");
    realm.addBot(longLived);
    ClientRepresentation roleless = bot("no-bot");
    roleless.setServiceAccountsEnabled(true);
    realm.realm.add(roleless);
  }

  private static ClientRepresentation bot(String clientId) {
    ClientRepresentation bot = TestRealm.client(clientId);
    bot.setProtocolMappers(List.of(TestRealm.ownAudience(clientId)));
    return bot;
  }

  private static ProtocolMapperRepresentation claim(Map<String, String> more) {
    var config = new HashMap<>(Map.of("claim.name", "matrix_user_id"));
    config.putAll(more);
    return TestRealm.mapper("oidc-matrix-user-mapper", config);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
    homeserver.close();
  }

  @Nested
  class APerson {

    @Test
    void linksTheAccountThatTheHomeserverConfirms() {
      Person person = new Person(realm);
      String id = person.matrixId();
      String proof = homeserver.openIdToken(id);

      Api.Answer made = person.api().post("matrix-links", proof);

      assertThat(made.json(201).path("matrixUserId").asText()).isEqualTo(id);
      assertThat(person.api().post("matrix-links", proof).json(200)).isEqualTo(made.json());
      JsonNode links = person.api().get("matrix-links").json(200);
      assertThat(links).hasSize(1);
      assertThat(links.get(0).path("linkedAt").asText()).endsWith("Z");
      assertThat(links.get(0).path("lastUsedAt").isNull()).isTrue();
      assertThat(
              realm.one(
                  "select email from auth.matrix_user_links where matrix_user_id = '%s'"
                      .formatted(id)))
          .isEqualTo(person.email);
      assertThat(Oidc.claims(person.token(ACCOUNT))).containsEntry("matrix_user_id", id);
    }

    @Test
    void getsNobodyElsesAccount() {
      Person owner = new Person(realm);
      String proof = homeserver.openIdToken(owner.matrixId());
      owner.api().post("matrix-links", proof).json(201);
      Person other = new Person(realm);

      assertThat(other.api().post("matrix-links", proof).status()).isEqualTo(409);
      assertThat(other.api().delete("matrix-links/" + owner.encodedId()).status()).isEqualTo(404);
      assertThat(owner.api().get("matrix-links").json(200)).hasSize(1);
    }

    @Test
    void unlinks() {
      Person person = linked();

      assertThat(person.api().delete("matrix-links/" + person.encodedId()).status()).isEqualTo(204);
      assertThat(person.api().get("matrix-links").json(200)).isEmpty();
      assertThat(person.api().delete("matrix-links/" + person.encodedId()).status()).isEqualTo(404);
      assertThat(Oidc.claims(person.token(ACCOUNT))).doesNotContainKey("matrix_user_id");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "of-another-server",
          "of-a-lookalike",
          "no-json",
          "no-sub",
          "failing",
          "long",
          "redirecting",
          "silent",
          "unknown"
        })
    void isRefusedAProofThatIsNone(String token) {
      Person person = new Person(realm);

      Api.Answer answer = person.api().post("matrix-links", homeserver.answering(token));

      assertThat(answer.status()).as(answer.text()).isEqualTo(400);
      assertThat(person.api().get("matrix-links").json(200)).isEmpty();
      assertThat(TestServer.shared().keycloak().log()).doesNotContain("access_token=" + token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"other.test", "broken", "", "matrix.test.evil.test"})
    void isRefusedAServerThatIsNotAllowed(String server) {
      int before = homeserver.asked();
      assertThat(new Person(realm).api().post("matrix-links", proof(server)).status())
          .isEqualTo(403);
      assertThat(homeserver.asked()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unreachable.test", "localhost"})
    void isRefusedAServerThatCannotBeAskedOrIsInside(String server) {
      assertThat(new Person(realm).api().post("matrix-links", proof(server)).status())
          .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"access_token\":1,\"matrix_server_name\":\"a\"}", "{"})
    void isToldOfABodyThatIsNone(String body) {
      assertThat(new Person(realm).api().post("matrix-links", body).status()).isEqualTo(400);
    }

    @Test
    void needsATokenForTheAccount() {
      Person person = new Person(realm);
      String other = person.token(TestRealm.APP).getValue();
      Api api = new Api(realm.publicUrl(), () -> other);

      assertThat(api.get("matrix-links").status()).isEqualTo(200);
      ClientRepresentation narrow = TestRealm.client("narrow-" + UUID.randomUUID());
      narrow.setFullScopeAllowed(false);
      realm.realm.add(narrow);
      String token = person.token(narrow.getClientId()).getValue();
      Api refused = new Api(realm.publicUrl(), () -> token);
      assertThat(refused.get("matrix-links").status()).isEqualTo(403);
      assertThat(refused.post("matrix-links", homeserver.openIdToken(person.matrixId())).status())
          .isEqualTo(403);
      assertThat(refused.delete("matrix-links/" + person.encodedId()).status()).isEqualTo(403);
      assertThat(refused.get("matrix-links/" + person.encodedId()).status()).isEqualTo(403);
    }

    @Test
    void mayReadAloneWhereTheSchemaIsReadOnly() {
      try (TierRealm readOnly = new TierRealm(Map.of("editMode", "READ_ONLY"))) {
        addTo(readOnly);
        Person person = new Person(readOnly);
        readOnly.execute(
            "insert into auth.matrix_user_links (id, matrix_user_id, user_id) values ('l', '%s', '%s')"
                .formatted(person.matrixId(), person.row()));

        Api.Answer refused =
            person.api().post("matrix-links", homeserver.openIdToken(person.matrixId()));

        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("allow")).isEqualTo("GET");
        assertThat(person.api().delete("matrix-links/" + person.encodedId()).status())
            .isEqualTo(405);
        assertThat(person.api().get("matrix-links").json(200)).hasSize(1);
        Api bot = bot(readOnly, BOT);
        assertThat(bot.get("matrix-links/" + person.encodedId()).json(200).path("id").asText())
            .isEqualTo(person.row());
        assertThat(readOnly.one("select last_used_at from auth.matrix_user_links"))
            .isEqualTo("null");
      }
    }

    @Test
    void withSeveralAccountsHasTheNewestInTheClaim() throws Exception {
      Person person = new Person(realm);
      realm.execute(
          """
          insert into auth.matrix_user_links (id, matrix_user_id, user_id, linked_at)
          values ('old-%1$s', '@old-%1$s:matrix.test', '%1$s', now() - interval '1 day'),
                 ('new-%1$s', '@new-%1$s:matrix.test', '%1$s', now())
          """
              .formatted(person.row()));
      ClientRepresentation all = TestRealm.client("all-accounts");
      all.setProtocolMappers(List.of(claim(Map.of("multivalued", "true"))));
      realm.realm.add(all);

      assertThat(Oidc.claims(person.token(ACCOUNT)))
          .containsEntry("matrix_user_id", "@new-" + person.row() + ":matrix.test");
      assertThat(Oidc.claims(person.token("all-accounts")).get("matrix_user_id"))
          .isEqualTo(
              List.of(
                  "@new-" + person.row() + ":matrix.test",
                  "@old-" + person.row() + ":matrix.test"));
    }
  }

  @Nested
  class ABot {

    @Test
    void asksWhoseAccountItIs() {
      Person person = linked();

      JsonNode owner = bot(realm, BOT).get("matrix-links/" + person.encodedId()).json(200);

      assertThat(owner.path("id").asText()).isEqualTo(person.row());
      assertThat(owner.path("email").asText()).isEqualTo(person.email);
      assertThat(owner.path("name").asText()).isEqualTo("Ada Example");
      assertThat(owner.path("accessTier").asText()).isEqualTo("public");
      assertThat(owner.path("enabled").asBoolean()).isTrue();
      assertThat(person.api().get("matrix-links").json(200).at("/0/lastUsedAt").asText())
          .endsWith("Z");
      assertThat(bot(realm, BOT).get("matrix-links/@nobody:matrix.test").status()).isEqualTo(404);
      assertThat(bot(realm, BOT).get("matrix-links/nonsense").status()).isEqualTo(404);
    }

    @Test
    void linksAndMovesNothing() {
      Person person = new Person(realm);
      Person other = new Person(realm);
      Api bot = bot(realm, BOT);
      String id = person.matrixId();

      assertThat(bot.post("matrix-links", body(id, person.row())).status()).isEqualTo(201);
      assertThat(bot.post("matrix-links", body(id, person.id)).status()).isEqualTo(200);
      assertThat(bot.post("matrix-links", body(id, other.row())).status()).isEqualTo(409);
      assertThat(bot.post("matrix-links", body("no id", other.row())).status()).isEqualTo(400);
      assertThat(bot.post("matrix-links", body("@x:a.test", "nobody")).status()).isEqualTo(404);
    }

    @Test
    void withoutTheRoleIsNone() {
      Person person = linked();
      Api none = bot(realm, "no-bot");

      assertThat(none.get("matrix-links/" + person.encodedId()).status()).isEqualTo(403);
      assertThat(none.get("api/v1/auth/matrix-session/" + person.encodedId()).status())
          .isEqualTo(403);
      assertThat(person.api().get("matrix-links/" + person.encodedId()).status()).isEqualTo(403);
      Api.Answer token = grant(realm, "no-bot", person.matrixId());
      assertThat(token.status()).isEqualTo(400);
      assertThat(token.json().path("error").asText()).isEqualTo("unauthorized_client");
    }

    @Test
    void hasTheOldPaths() {
      Person person = new Person(realm);
      Person other = new Person(realm);
      Api bot = bot(realm, BOT);
      String base = "api/v1/auth/";
      String id = person.encodedId();

      assertThat(
              bot.get(base + "matrix-user-links/check/" + id).json(200).path("linked").asBoolean())
          .isFalse();
      JsonNode made =
          bot.post(base + "matrix-user-links", body(person.matrixId(), person.row())).json(201);
      assertThat(made.path("message").asText())
          .isEqualTo("Matrix user " + person.matrixId() + " linked successfully");
      assertThat(
              bot.post(base + "matrix-user-links", body(person.matrixId(), other.row())).status())
          .isEqualTo(409);
      assertThat(
              bot.get(base + "matrix-user-links/check/" + id).json(200).path("linked").asBoolean())
          .isTrue();
      JsonNode session = bot.get(base + "matrix-session/" + id).json(200);
      assertThat(session.path("email").asText()).isEqualTo(person.email);
      assertThat(Oidc.claims(session.path("token").asText()))
          .containsEntry("azp", BOT)
          .containsEntry("sub", person.id);
      assertThat(bot.delete(base + "matrix-user-links/" + id).json(200).path("success").asBoolean())
          .isTrue();
      assertThat(bot.get(base + "matrix-session/" + id).status()).isEqualTo(404);
      assertThat(
              person
                  .api()
                  .post(base + "matrix-user-links", body("@a:b.test", other.row()))
                  .status())
          .isEqualTo(403);
    }
  }

  @Nested
  class ATokenForABot {

    @Test
    void isOfThePersonAndShort() {
      Person person = linked();

      JsonNode answer = grant(realm, BOT, person.matrixId(), "openid").json(200);

      assertThat(answer.has("refresh_token")).isFalse();
      Map<String, Object> claims = Oidc.claims(answer.path("access_token").asText());
      assertThat(claims).containsEntry("azp", BOT).containsEntry("sub", person.id);
      assertThat(Long.parseLong(String.valueOf(claims.get("exp"))))
          .isLessThanOrEqualTo(Instant.now().getEpochSecond() + 300);
      assertThat(String.valueOf(claims.get("resource_access"))).doesNotContain("account");
      assertThat(String.valueOf(claims.get("aud"))).doesNotContain("account");
      String token = answer.path("access_token").asText();
      Api asPerson = new Api(realm.publicUrl(), () -> token);
      assertThat(asPerson.get("me").json(200).path("accessTier").asText()).isEqualTo("public");
      assertThat(asPerson.get("me/data/export").status()).isEqualTo(403);
      assertThat(
              realm
                  .keycloak()
                  .getEvents(
                      List.of("OAUTH2_EXTENSION_GRANT"), null, null, null, null, null, null, null))
          .anyMatch(event -> person.id.equals(event.getUserId()));
      assertThat(person.api().get("matrix-links").json(200).at("/0/lastUsedAt").isNull()).isFalse();
    }

    /** Keycloak's account API fills in what a token lacks, as introspection does. */
    @Test
    void neverReachesTheAccount() {
      Person person = linked();
      String token = grant(realm, BOT, person.matrixId()).json(200).path("access_token").asText();
      Api account = new Api(realm.publicUrl().replace("/access-tier/", "/account"), () -> token);

      assertThat(account.get("").status()).isEqualTo(401);
      assertThat(account.get("/credentials").status()).isEqualTo(401);
      JsonNode introspected =
          new Api(realm.realm.oidc().url("/token/introspect"), null)
              .send(
                  "POST",
                  "",
                  BodyPublishers.ofString(
                      "token=" + token + "&client_id=" + BOT + "&client_secret=" + Oidc.SECRET),
                  "application/x-www-form-urlencoded",
                  Map.of())
              .json(200);
      assertThat(introspected.path("active").asBoolean()).isTrue();
      assertThat(introspected.path("aud").toString()).doesNotContain("account");
      assertThat(introspected.path("resource_access").toString()).doesNotContain("account");
    }

    @Test
    void hasAnIdTokenThatIsAsShort() {
      Person person = linked();

      JsonNode answer = grant(realm, LONG_BOT, person.matrixId()).json(200);

      for (String kind : List.of("access_token", "id_token")) {
        assertThat(
                Long.parseLong(String.valueOf(Oidc.claims(answer.path(kind).asText()).get("exp"))))
            .as(kind)
            .isLessThanOrEqualTo(Instant.now().getEpochSecond() + 300);
      }
    }

    @Test
    void isGatedByTheBotsClient() {
      ClientRepresentation gated = bot("gated-bot");
      gated.getAttributes().put("access.tier.required", "beta");
      realm.addBot(gated);
      Person person = linked();

      Api.Answer refused = grant(realm, "gated-bot", person.matrixId());

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().path("error").asText()).isEqualTo("access_denied");
      assertThat(
              bot(realm, "gated-bot")
                  .get("api/v1/auth/matrix-session/" + person.encodedId())
                  .status())
          .isEqualTo(403);
      realm.execute("update auth.users set access_tier = 'beta' where id = '" + person.row() + "'");
      assertThat(grant(realm, "gated-bot", person.matrixId()).status()).isEqualTo(200);
    }

    @Test
    void hasNoOfflineAccess() {
      Person person = linked();

      Api.Answer refused = grant(realm, BOT, person.matrixId(), "openid offline_access");

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().path("error").asText()).isEqualTo("invalid_scope");
    }

    @Test
    void isForNobodyWithoutALink() {
      assertThat(grant(realm, BOT, "@nobody:matrix.test").json().path("error").asText())
          .isEqualTo("invalid_grant");
      assertThat(grant(realm, BOT, "nonsense").json().path("error").asText())
          .isEqualTo("invalid_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deleted_at = now()", "banned = true"})
    void isForNobodyWhomTheRowKeepsOut(String change) {
      realm.execute("alter table auth.users add column if not exists banned boolean");
      realm.execute("alter table auth.users add column if not exists ban_reason text");
      realm.execute("alter table auth.users add column if not exists ban_expires timestamptz");
      Person person = linked();
      assertThat(grant(realm, BOT, person.matrixId()).status()).isEqualTo(200);
      realm.execute("update auth.users set " + change + " where id = '" + person.row() + "'");

      Api.Answer refused = grant(realm, BOT, person.matrixId());

      // A column that is new counts within 20 seconds.
      if (change.startsWith("banned")) {
        await()
            .atMost(Duration.ofSeconds(40))
            .until(() -> grant(realm, BOT, person.matrixId()).status() == 400);
        refused = grant(realm, BOT, person.matrixId());
      }
      assertThat(refused.json().path("error").asText()).isEqualTo("invalid_grant");
    }

    @Test
    void isForNobodyWhoIsLocked() {
      RealmRepresentation representation = realm.keycloak().toRepresentation();
      representation.setBruteForceProtected(true);
      representation.setFailureFactor(2);
      representation.setQuickLoginCheckMilliSeconds(0L);
      representation.setWaitIncrementSeconds(600);
      representation.setMaxFailureWaitSeconds(600);
      representation.setMaxDeltaTimeSeconds(600);
      realm.keycloak().update(representation);
      Person person = linked();
      realm.realm.guessed(
          person.id,
          Collections.nCopies(
              2, () -> realm.realm.oidc().password(ACCOUNT, person.email, "a guess")));

      assertThat(grant(realm, BOT, person.matrixId()).json().path("error").asText())
          .isEqualTo("invalid_grant");
    }

    /** Keycloak's admin API asks what the person has and what the client may have. */
    @Test
    void neverAdministers() {
      Person person = linked();
      realm.grant(person.id, "realm-management", "realm-admin");

      Api.Answer broad = grant(realm, BOT, person.matrixId());
      String token =
          grant(realm, NARROW_BOT, person.matrixId()).json(200).path("access_token").asText();

      assertThat(broad.json().path("error").asText()).isEqualTo("invalid_scope");
      assertThat(String.valueOf(Oidc.claims(token).get("resource_access")))
          .doesNotContain("realm-management");
      assertThat(new Api(realm.adminUrl(), () -> token).get("users").status()).isEqualTo(403);
      assertThat(
              new Api(realm.adminUrl().replace("/access-tier/", "/"), () -> token)
                  .get("users")
                  .status())
          .isEqualTo(403);
    }
  }

  /** As Synapse names its users after the address. */
  @Nested
  class ALinkByAddress {

    @Test
    void isMadeWhereNobodyElseCouldHaveIt() {
      Person person = new Person(realm);
      signInAtSynapse(person);

      assertThat(person.api().get("matrix-links").json(200).at("/0/matrixUserId").asText())
          .isEqualTo("@" + person.email.replaceFirst("@.*", "") + ":synapse.test");
    }

    @Test
    void isNotMadeWhereTwoHaveTheSameLocalPart() {
      Person person = new Person(realm);
      realm.withPassword(person.email.replaceFirst("@.*", "@other.test"));
      signInAtSynapse(person);

      assertThat(person.api().get("matrix-links").json(200)).isEmpty();
    }

    @Test
    void movesNothing() {
      Person owner = new Person(realm);
      Person person = new Person(realm);
      realm.execute(
          "insert into auth.matrix_user_links (id, matrix_user_id, user_id) values ('x-%s', '%s', '%s')"
              .formatted(
                  owner.row(),
                  "@" + person.email.replaceFirst("@.*", "") + ":synapse.test",
                  owner.row()));
      signInAtSynapse(person);

      assertThat(person.api().get("matrix-links").json(200)).isEmpty();
      assertThat(owner.api().get("matrix-links").json(200)).hasSize(1);
    }

    private void signInAtSynapse(Person person) {
      if (realm.keycloak().clients().findByClientId("synapse").isEmpty()) {
        ClientRepresentation synapse = TestRealm.client("synapse");
        synapse.setProtocolMappers(
            List.of(claim(Map.of("matrix.link.homeserver", "synapse.test"))));
        realm.realm.add(synapse);
      }
      var token =
          Oidc.tokens(
                  realm
                      .realm
                      .oidc()
                      .grant(
                          "synapse",
                          new ResourceOwnerPasswordCredentialsGrant(
                              person.email, new Secret(Browser.PASSWORD)),
                          "openid"))
              .getAccessToken();
      assertThat(person.api().get("matrix-links").json(200)).isEmpty();
      assertThat(realm.realm.oidc().userInfo(token).getStatusCode()).isEqualTo(200);
    }
  }

  private static Api bot(TierRealm realm, String client) {
    String token = realm.serviceToken(client);
    return new Api(realm.publicUrl(), () -> token);
  }

  private static Api.Answer grant(TierRealm realm, String client, String id) {
    return grant(realm, client, id, "openid");
  }

  private static Api.Answer grant(TierRealm realm, String client, String id, String scope) {
    return new Api(realm.realm.oidc().url("/token"), null)
        .send(
            "POST",
            "",
            BodyPublishers.ofString(
                "grant_type=%s&matrix_user_id=%s&scope=%s&client_id=%s&client_secret=%s"
                    .formatted(
                        Api.encoded(GRANT),
                        Api.encoded(id),
                        Api.encoded(scope),
                        client,
                        Oidc.SECRET)),
            "application/x-www-form-urlencoded",
            Map.of());
  }

  private static String body(String id, String user) {
    return text(Map.of("matrixUserId", id, "userId", user));
  }

  private static String proof(String server) {
    return text(Map.of("access_token", "any", "matrix_server_name", server));
  }

  private static String text(Map<String, String> fields) {
    try {
      return new ObjectMapper().writeValueAsString(fields);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Person linked() {
    Person person = new Person(realm);
    person.api().post("matrix-links", homeserver.openIdToken(person.matrixId())).json(201);
    return person;
  }

  /** Someone of the schema, with an account at the homeserver. */
  private static final class Person {

    private final TierRealm realm;
    private final String email = UUID.randomUUID() + "@example.test";
    private final String id;

    Person(TierRealm realm) {
      this.realm = realm;
      this.id = realm.withPassword(email);
    }

    String row() {
      return id.substring(id.lastIndexOf(':') + 1);
    }

    String matrixId() {
      return "@" + row().toLowerCase(Locale.ROOT) + ":" + SERVER;
    }

    String encodedId() {
      return Api.encoded(matrixId());
    }

    AccessToken token(String client) {
      return Oidc.tokens(realm.realm.oidc().password(client, email, Browser.PASSWORD))
          .getAccessToken();
    }

    Api api() {
      String token = token(ACCOUNT).getValue();
      return new Api(realm.publicUrl(), () -> token);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.UserRepresentation;

/** Better Auth there, a realm of Keycloak here, on the same tables for the whole run. */
final class SideBySide {

  /** Of which some have other spellings, or edges that must not be trimmed. */
  static final List<String> PASSWORDS =
      List.of(
          "Simple-Pass-1",
          "Grüße-aus-Köln",
          "conﬁdential oﬃce",
          "  leading and trailing  ",
          "👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈🔑🔒");

  /** Someone who signed up there. */
  record Member(String id, String email, String password, BetterAuthClient there) {}

  private static final Map<BetterAuth, SideBySide> RUNNING = new EnumMap<>(BetterAuth.class);

  private final BetterAuth version;
  private final BetterAuthServer there;
  private final TestRealm here;
  private @Nullable BetterAuthServer hashing;

  private SideBySide(BetterAuth version) {
    this.version = version;
    this.there = BetterAuthServer.start(version);
    this.here = RealmBeside.create(there.database());
  }

  /** The one pair of that version, started at its first use. */
  static synchronized SideBySide with(BetterAuth version) {
    return RUNNING.computeIfAbsent(version, SideBySide::new);
  }

  BetterAuthServer there() {
    return there;
  }

  /** One more there, started at its first use, which keeps only hashes of what it mails. */
  synchronized BetterAuthServer hashing() {
    BetterAuthServer running = hashing;
    if (running == null) {
      running = there.hashing();
      hashing = running;
    }
    return running;
  }

  TestRealm here() {
    return here;
  }

  /** Whether Better Auth asks which row of {@code accounts} to unlink, instead of a provider. */
  boolean unlinksByRow() {
    return version == BetterAuth.V1_7;
  }

  /** Whether Better Auth locks a second factor after ten wrong codes in a row. */
  boolean countsWrongCodes() {
    return version != BetterAuth.V1_5;
  }

  static String newEmail() {
    return "m" + UUID.randomUUID().toString().substring(0, 12) + "@example.test";
  }

  /** Signs up there, follows the mailed link and is signed in there. */
  Member member(String password) {
    String email = newEmail();
    BetterAuthClient client = there.visitor();
    String id = client.signUp(email, password, "Mara Member").body().at("/user/id").asText();
    assertThat(id).as("signed up").isNotEmpty();
    client.open(client.mailed("verify-email", email));
    assertThat(client.signIn(email, password).status()).isEqualTo(200);
    return new Member(id, email, password, client);
  }

  UserResource userHere(String email) {
    return here.realm().users().get(here.user(email).getId());
  }

  /** As an admin does here. */
  void change(String email, Consumer<UserRepresentation> change) {
    UserRepresentation user = userHere(email).toRepresentation();
    change.accept(user);
    userHere(email).update(user);
  }

  /** Likewise. */
  void delete(String email) {
    userHere(email).remove();
  }

  /** Of a visitor here. */
  Browser browser() {
    return new Browser(TestServer.shared().keycloak().baseUrl());
  }

  /** What Better Auth answers to a sign-in with nothing but a password. */
  int signInThere(String email, String password) {
    return there.visitor().signIn(email, password).status();
  }

  /** What Keycloak answers to it. */
  HTTPResponse signInHere(String email, String password) {
    return here.oidc().password(TestRealm.APP, email, password);
  }

  /** Whether Keycloak refuses it, as a wrong password or an unusable account; else it succeeds. */
  boolean refusedHere(String email, String password) {
    HTTPResponse response = signInHere(email, password);
    if (response.indicatesSuccess()) {
      return false;
    }
    assertThat(Oidc.json(response)).containsEntry("error", "invalid_grant");
    return true;
  }

  /** The claims of a sign-in that succeeds here. */
  Map<String, Object> claimsHere(String email, String password) {
    return Oidc.claims(Oidc.tokens(signInHere(email, password)).getAccessToken());
  }

  /** The tables, past both sides. */
  AuthRows rows() {
    return new AuthRows(TestServer.shared().postgres().database(there.database()));
  }

  /** Changes rows past both sides. */
  void sql(String statement) {
    TestServer.shared().postgres().execute(there.database(), statement);
  }

  @Override
  public String toString() {
    return version.folder();
  }
}

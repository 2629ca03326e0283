// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.AuthRows.Row;
import dev.accesstier.keycloak.tests.support.Authenticator;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.KeycloakPasskeys;
import dev.accesstier.keycloak.tests.support.Needs;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.keycloak.representations.idm.CredentialRepresentation;

/** A passkey is good on both sides, wherever it was made, and removed from both at once. */
@Needs(Needs.Tool.CHROMIUM)
final class PasskeyBesideIT {

  private static final String UNKNOWN = "PASSKEY_NOT_FOUND";
  private static final String REFUSED = "AUTHENTICATION_FAILED";

  @RegisterExtension final Chromium chromium = new Chromium();

  /** Someone with an account, a browser and a passkey in it. */
  private final class Holder {

    private final SideBySide both;
    private final Member member;
    private final Page page = KeycloakPasskeys.visitor(chromium);
    private final Authenticator authenticator = new Authenticator(page);
    private final PasskeyThere there;

    Holder(SideBySide both) {
      this.both = both;
      this.member = both.member("Has-a-passkey-1");
      this.there = new PasskeyThere(page, both.there());
    }

    Holder registeredThere() {
      there.register(member, "Laptop");
      return this;
    }

    Holder registeredHere() {
      KeycloakPasskeys.register(page, both.here(), member.email(), member.password());
      return this;
    }

    void entersHere() {
      tryHere();
      assertThat(KeycloakPasskeys.userOf(both.here(), KeycloakPasskeys.code(page)))
          .isEqualTo(member.id());
    }

    void isRefusedHere() {
      tryHere();
      KeycloakPasskeys.assertRefused(page);
    }

    private void tryHere() {
      page.context().clearCookies();
      KeycloakPasskeys.signIn(page, both.here());
    }

    void entersThere() {
      assertThat(there.signIn()).isEqualTo(member.id());
    }

    void isRefusedThere(String code) {
      assertThat(there.signIn()).isEqualTo(code);
    }

    /** The only one that Better Auth lists. */
    JsonNode listedThere() {
      JsonNode all = member.there().get("/api/auth/passkey/list-user-passkeys").body();
      assertThat(all).hasSize(1);
      return all.get(0);
    }

    void deleteThere() {
      Map<String, String> id = Map.of("id", listedThere().path("id").asText());
      assertThat(member.there().post("/passkey/delete-passkey", id).status()).isEqualTo(200);
    }

    void deleteHere() {
      both.userHere(member.email()).removeCredential(row().text("id"));
    }

    Row row() {
      return both.rows().one("select * from auth.passkeys where user_id = ?", member.id());
    }
  }

  @Nested
  final class MadeThere {

    @BesideEachVersion
    void itSignsInHere(SideBySide both) {
      new Holder(both).registeredThere().entersHere();
    }

    @BesideEachVersion
    void itsUseHereIsInTheRow(SideBySide both) {
      Holder holder = new Holder(both).registeredThere();
      assertThat(holder.row().columns()).containsEntry("last_used_at", null);

      holder.entersHere();

      await()
          .untilAsserted(
              () ->
                  assertThat(holder.row().columns())
                      .containsEntry("counter", holder.authenticator.signatures())
                      .doesNotContainEntry("last_used_at", null));
    }

    @BesideEachVersion
    void itIsListedHereByItsName(SideBySide both) {
      Holder holder = new Holder(both).registeredThere();

      assertThat(both.userHere(holder.member.email()).credentials())
          .filteredOn(one -> one.getType().equals(KeycloakPasskeys.TYPE))
          .extracting(CredentialRepresentation::getUserLabel)
          .containsExactly("Laptop");
    }

    @BesideEachVersion
    void itSignsInThereAfterAUseHere(SideBySide both) {
      Holder holder = new Holder(both).registeredThere();
      holder.entersThere();
      holder.entersHere();

      holder.entersThere();
      holder.entersHere();
    }

    @BesideEachVersion
    void aCopyFromBeforeAUseHereIsRefusedThere(SideBySide both) {
      Holder holder = new Holder(both).registeredThere();
      int before = holder.authenticator.signatures();
      holder.entersHere();

      holder.authenticator.setBack(before);

      holder.isRefusedThere(REFUSED);
    }

    @BesideEachVersion
    void deletedThereItIsRefusedHere(SideBySide both) {
      Holder holder = new Holder(both).registeredThere();
      holder.entersHere();

      holder.deleteThere();

      holder.isRefusedHere();
    }

    @BesideEachVersion
    void deletedHereItIsRefusedThere(SideBySide both) {
      Holder holder = new Holder(both).registeredThere();
      holder.entersThere();

      holder.deleteHere();

      holder.isRefusedThere(UNKNOWN);
    }
  }

  @Nested
  final class MadeHere {

    @BesideEachVersion
    void itSignsInThere(SideBySide both) {
      new Holder(both).registeredHere().entersThere();
    }

    @BesideEachVersion
    void itIsListedThereAsOneOfItsOwn(SideBySide both) {
      Holder holder = new Holder(both).registeredHere();

      JsonNode listed = holder.listedThere();

      assertThat(listed.path("credentialID").asText())
          .isEqualTo(holder.authenticator.held().get(0));
      assertThat(listed.path("name").asText()).isEqualTo("Phone");
      assertThat(listed.path("deviceType").asText()).isEqualTo("multiDevice");
      assertThat(listed.path("backedUp").asBoolean()).isTrue();
      assertThat(listed.path("transports").asText()).isEqualTo("internal");
    }

    @BesideEachVersion
    void itSignsInHereAfterAUseThere(SideBySide both) {
      Holder holder = new Holder(both).registeredHere();
      holder.entersHere();
      holder.entersThere();

      holder.entersHere();
      holder.entersThere();
    }

    @BesideEachVersion
    void aCopyFromBeforeAUseThereIsRefusedHere(SideBySide both) {
      Holder holder = new Holder(both).registeredHere();
      int before = holder.authenticator.signatures();
      holder.entersThere();

      holder.authenticator.setBack(before);

      holder.isRefusedHere();
    }

    @BesideEachVersion
    void deletedThereItIsRefusedHere(SideBySide both) {
      Holder holder = new Holder(both).registeredHere();
      holder.entersHere();

      holder.deleteThere();

      holder.isRefusedHere();
    }

    @BesideEachVersion
    void deletedHereItIsRefusedThere(SideBySide both) {
      Holder holder = new Holder(both).registeredHere();
      holder.entersThere();

      holder.deleteHere();

      holder.isRefusedThere(UNKNOWN);
    }
  }
}

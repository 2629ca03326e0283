// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;

/** A social account belongs to the same user on both sides, whoever linked it. */
final class SocialAccountBesideIT {

  private static final String GOOGLE = RealmBeside.GOOGLE;

  @BesideEachVersion
  void anAccountLinkedHereIsListedThere(SideBySide both) {
    Member member = both.member("Has-google-1");
    String account = UUID.randomUUID().toString();

    linkHere(both, member, account);

    assertThat(accountsThere(member)).contains(GOOGLE + " " + account);
  }

  @BesideEachVersion
  void anAccountUnlinkedThereIsUnlinkedHere(SideBySide both) {
    Member member = both.member("Has-google-2");
    linkHere(both, member, UUID.randomUUID().toString());
    assertThat(aliasesHere(both, member)).containsExactly(GOOGLE);

    Map<String, String> link =
        both.unlinksByRow()
            ? Map.of(
                "accountId",
                both.rows()
                    .one(
                        "select id from auth.accounts where user_id = ? and provider_id = ?",
                        member.id(),
                        GOOGLE)
                    .text("id"))
            : Map.of("providerId", GOOGLE);
    assertThat(member.there().post("/unlink-account", link).status()).isEqualTo(200);

    assertThat(aliasesHere(both, member)).isEmpty();
  }

  @BesideEachVersion
  void anAccountUnlinkedHereIsUnlinkedThere(SideBySide both) {
    Member member = both.member("Has-google-3");
    linkHere(both, member, UUID.randomUUID().toString());

    both.userHere(member.email()).removeFederatedIdentity(GOOGLE);

    assertThat(accountsThere(member)).containsExactly("credential " + member.id());
  }

  private static void linkHere(SideBySide both, Member member, String account) {
    FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
    link.setIdentityProvider(GOOGLE);
    link.setUserId(account);
    link.setUserName(member.email());
    both.userHere(member.email()).addFederatedIdentity(GOOGLE, link).close();
  }

  private static List<String> aliasesHere(SideBySide both, Member member) {
    return both.userHere(member.email()).getFederatedIdentity().stream()
        .map(FederatedIdentityRepresentation::getIdentityProvider)
        .toList();
  }

  /** Provider and account, one after the other. */
  private static List<String> accountsThere(Member member) {
    return StreamSupport.stream(
            member.there().get("/api/auth/list-accounts").body().spliterator(), false)
        .map(one -> one.path("providerId").asText() + " " + one.path("accountId").asText())
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Fixture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** The shape of {@code accounts} that Better Auth 1.7.0 to 1.7.2 demand. */
@TestInstance(Lifecycle.PER_CLASS)
final class IssuerColumnIT {

  private static final String NEW = "a-new-password-here";

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create("issuer_column", Map.of(), rep -> {});
    realm
        .rows()
        .write(
            """
            alter table auth.accounts add column issuer text;
            update auth.accounts set issuer = case provider_id
              when 'credential' then 'local:credential' else 'local:oauth:' || provider_id end;
            alter table auth.accounts alter column issuer set not null,
              add constraint accounts_issuer_account unique (issuer, account_id)
            """);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void takesFirstPasswords() {
    Fixture.User user = Fixture.known().user("social-only");

    set(user.email());

    assertThat(realm.signsIn(user.email(), NEW)).isTrue();
    assertThat(realm.rows().credential(user.id()).text("issuer")).isEqualTo("local:credential");
  }

  @Test
  void takesNewUsers() {
    UserRepresentation user = new UserRepresentation();
    user.setUsername("new-one@example.test");
    user.setEmail("new-one@example.test");
    user.setEmailVerified(true);
    user.setEnabled(true);
    user.setCredentials(List.of(password()));
    realm.realm().realm().users().create(user).close();

    assertThat(realm.signsIn("new-one@example.test", NEW)).isTrue();
    assertThat(realm.rows().credential(idOf("new-one@example.test")).text("issuer"))
        .isEqualTo("local:credential");
  }

  /** Better Auth 1.7 ignores such a row, wherever it came from. */
  @Test
  void aPasswordOfAnImportedRowCountsAtBetterAuthOnceItIsSetHere() {
    SampleUser user = added("Imported");
    realm
        .rows()
        .write(
            "update auth.accounts set account_id = ? where user_id = ?", user.email(), user.id());

    set(user.email());

    assertThat(realm.rows().credential(user.id()).text("account_id")).isEqualTo(user.id());
  }

  /** As the database would not take two, and Better Auth reads the one. */
  @Test
  void ofTwoPasswordRowsOneGetsTheUsersId() {
    SampleUser user = added("Imported Twice");
    realm.rows().write("update auth.accounts set account_id = 'one' where user_id = ?", user.id());
    realm
        .rows()
        .write(
            "insert into auth.accounts (id, account_id, provider_id, user_id, password, issuer)"
                + " select 'b' || id, 'two', provider_id, user_id, password, issuer"
                + " from auth.accounts where user_id = ?",
            user.id());

    set(user.email());

    assertThat(
            realm
                .rows()
                .all(
                    "select account_id from auth.accounts where user_id = ? and account_id = ?",
                    user.id(),
                    user.id()))
        .hasSize(1);
    assertThat(realm.signsIn(user.email(), NEW)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "google,,https://accounts.google.com",
    "an-oidc,https://issuer.test/a,https://issuer.test/a",
    "github,,local:oauth:github"
  })
  void takesLinksWithTheIssuerThatBetterAuthWouldWrite(
      String alias, @Nullable String issuer, String stored) {
    SampleUser user = added("Linked");
    provider(alias, issuer);
    realm.rows().write("delete from auth.accounts where provider_id = ?", alias);

    FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
    link.setIdentityProvider(alias);
    link.setUserId("account-of-" + user.id());
    realm.resource(user.email()).addFederatedIdentity(alias, link).close();

    assertThat(issuers(user.id(), alias)).containsExactly(stored);
  }

  /** What its other links have is what Better Auth is configured to write. */
  @Test
  void aLinkHasTheIssuerOfTheOtherLinksToThatProvider() {
    SampleUser first = added("First");
    SampleUser second = added("Second");
    provider("known", "https://configured.test");
    realm
        .rows()
        .write(
            "insert into auth.accounts (id, account_id, provider_id, user_id, issuer)"
                + " values ('of-known', 'someone', 'known', ?, 'https://seen.test')",
            first.id());

    FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
    link.setIdentityProvider("known");
    link.setUserId("another");
    realm.resource(second.email()).addFederatedIdentity("known", link).close();

    assertThat(issuers(second.id(), "known")).containsExactly("https://seen.test");
  }

  /** Whoever adds sample users does not know the column. */
  private SampleUser added(String name) {
    realm.rows().write("alter table auth.accounts alter issuer set default 'local:credential'");
    SampleUser user = realm.add(name);
    realm.rows().write("alter table auth.accounts alter issuer drop default");
    return user;
  }

  private String idOf(String email) {
    return realm.rows().one("select id from auth.users where email = ?", email).text("id");
  }

  private List<String> issuers(String userId, String provider) {
    return realm
        .rows()
        .all(
            "select issuer from auth.accounts where user_id = ? and provider_id = ?",
            userId,
            provider)
        .stream()
        .map(row -> row.text("issuer"))
        .toList();
  }

  private void provider(String alias, @Nullable String issuer) {
    IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
    provider.setAlias(alias);
    provider.setProviderId("oidc");
    provider.setEnabled(true);
    Map<String, String> config =
        new HashMap<>(
            Map.of(
                "clientId", "client",
                "clientSecret", "secret",
                "authorizationUrl", "https://issuer.test/auth",
                "tokenUrl", "https://issuer.test/token"));
    if (issuer != null) {
      config.put("issuer", issuer);
    }
    provider.setConfig(config);
    realm.realm().realm().identityProviders().create(provider).close();
  }

  private void set(String email) {
    realm.resource(email).resetPassword(password());
  }

  private static CredentialRepresentation password() {
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(NEW);
    password.setTemporary(false);
    return password;
  }
}

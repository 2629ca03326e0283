// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.Oidc;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** What one node of the compose stack took, or was told, counts at the other. */
@Needs({Needs.Tool.DOCKER, Needs.Tool.COMPOSE})
@TestInstance(Lifecycle.PER_CLASS)
final class TwoNodesIT {

  private static final String APP = "beta-app";
  private static final String PASSWORD = StackUsers.PASSWORD;

  /** Well before a cached user's minute is over, and room for a node's first request of a kind. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private Compose compose;
  private List<SampleRealm> nodes;
  private StackUsers users;

  /** Which node is the first to hear of something. */
  enum First {
    ONE(0),
    TWO(1);

    private final int index;

    First(int index) {
      this.index = index;
    }
  }

  @BeforeAll
  void up() {
    Containers.buildImage();
    compose = new Compose();
    // The proxy waits until both nodes are healthy.
    compose.run("up", "-d", "--build");
    users = new StackUsers(compose);
    nodes =
        Stream.of("keycloak-1", "keycloak-2")
            .map(node -> new SampleRealm(compose.nodeUrl(node)))
            .toList();
    nodes.get(0).addApp(APP, "beta");
    // A code that is refused on purpose must not lock its user out.
    RealmRepresentation realm = nodes.get(0).realm().toRepresentation();
    realm.setBruteForceProtected(false);
    nodes.get(0).realm().update(realm);
  }

  @AfterAll
  void down() {
    compose.close();
    nodes.forEach(SampleRealm::close);
  }

  private SampleRealm node(First first) {
    return nodes.get(first.index);
  }

  private SampleRealm other(First first) {
    return nodes.get(1 - first.index);
  }

  @ParameterizedTest
  @EnumSource
  void aCodeOfTheAppThatOneNodeTookIsRefusedByTheOther(First first) {
    StackUsers.Enrolled who = users.enrol();
    String code = who.app().code();

    Oidc.tokens(signIn(node(first), who, code));
    assertRefused(signIn(other(first), who, code));
    Oidc.tokens(signIn(other(first), who, who.app().code()));
  }

  @ParameterizedTest
  @EnumSource
  void aBackupCodeThatOneNodeTookIsRefusedByTheOther(First first) {
    StackUsers.Enrolled who = users.enrol();

    Oidc.tokens(signIn(node(first), who, StackUsers.BACKUP_CODES.get(0)));
    assertRefused(signIn(other(first), who, StackUsers.BACKUP_CODES.get(0)));
    Oidc.tokens(signIn(other(first), who, StackUsers.BACKUP_CODES.get(1)));
    assertRefused(signIn(node(first), who, StackUsers.BACKUP_CODES.get(1)));
  }

  @RepeatedTest(5)
  void ofTwoWhoBringACodeOfTheAppToBothNodesAtOnceOneGetsIn() {
    StackUsers.Enrolled who = users.enrol();
    assertThat(atOnce(who, who.app().code())).containsExactlyInAnyOrder(200, 400, 400, 400);
  }

  @RepeatedTest(5)
  void ofTwoWhoBringABackupCodeToBothNodesAtOnceOneGetsIn() {
    StackUsers.Enrolled who = users.enrol();
    assertThat(atOnce(who, StackUsers.BACKUP_CODES.get(1)))
        .containsExactlyInAnyOrder(200, 400, 400, 400);
  }

  @ParameterizedTest
  @EnumSource
  void aSignOutEverywhereEndsTheSessionsOfTheOther(First first) {
    String email = users.add();
    OIDCTokens tokens = cachedAt(other(first), email);
    tokens = Oidc.tokens(other(first).oidc().refresh(APP, tokens.getRefreshToken()));

    resource(node(first), email).logout();

    assertRefused(other(first).oidc().refresh(APP, tokens.getRefreshToken()));
    assertThat(other(first).oidc().userInfo(tokens.getAccessToken()).getStatusCode())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @EnumSource
  void whomOneNodeDisabledTheOtherRefuses(First first) {
    String email = users.add();
    OIDCTokens tokens = cachedAt(other(first), email);
    UserResource user = resource(node(first), email);
    UserRepresentation disabled = user.toRepresentation();
    disabled.setEnabled(false);

    user.update(disabled);

    assertRefused(other(first).oidc().password(APP, email, PASSWORD));
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertRefused(other(first).oidc().refresh(APP, tokens.getRefreshToken()));
              assertThat(resource(other(first), email).toRepresentation().isEnabled()).isFalse();
            });
  }

  @ParameterizedTest
  @EnumSource
  void aPasswordThatOneNodeChangedIsTheOneAtTheOther(First first) {
    String email = users.add();
    cachedAt(other(first), email);
    CredentialRepresentation changed = new CredentialRepresentation();
    changed.setType(CredentialRepresentation.PASSWORD);
    changed.setValue("another-one");

    resource(node(first), email).resetPassword(changed);

    assertRefused(other(first).oidc().password(APP, email, PASSWORD));
    Oidc.tokens(other(first).oidc().password(APP, email, "another-one"));
  }

  @ParameterizedTest
  @EnumSource
  void aSecondFactorThatOneNodeRemovedTheOtherDoesNotAskFor(First first) {
    StackUsers.Enrolled who = users.enrol();
    assertRefused(other(first).oidc().password(APP, who.email(), PASSWORD));

    resource(node(first), who.email()).disableCredentialType(List.of("otp"));

    Oidc.tokens(other(first).oidc().password(APP, who.email(), PASSWORD));
  }

  @Test
  void aTierThatOneNodeChangedIsInTheOthersNextToken() {
    String email = users.add();
    OIDCTokens tokens = cachedAt(nodes.get(1), email);
    UserResource user = resource(nodes.get(0), email);
    UserRepresentation promoted = user.toRepresentation();
    promoted.singleAttribute("access_tier", "alpha");

    user.update(promoted);

    OIDCTokens next = Oidc.tokens(nodes.get(1).oidc().refresh(APP, tokens.getRefreshToken()));
    assertThat(Oidc.claims(next.getAccessToken())).containsEntry("access_tier", "alpha");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update auth.users set name = 'Renamed Elsewhere', updated_at = now() where email = '%s'",
        "update auth.users set name = 'Renamed Elsewhere' where email = '%s'"
      })
  void whatAnotherServiceWroteIsSeenAtBoth(String sql) {
    String email = users.add();
    nodes.forEach(node -> cachedAt(node, email));
    assertThat(nodes).allMatch(node -> "Stack".equals(firstName(node, email)));

    compose.sql(sql.formatted(email));

    await()
        .atMost(SOON)
        .until(() -> nodes.stream().allMatch(node -> "Renamed".equals(firstName(node, email))));
  }

  private static String firstName(SampleRealm node, String email) {
    return resource(node, email).toRepresentation().getFirstName();
  }

  /** And once, though both nodes notice. */
  @Test
  void whomAnotherServiceDeletedIsSignedOut() {
    String email = users.add();
    nodes.forEach(node -> cachedAt(node, email));
    String id = nodes.get(0).realm().users().searchByEmail(email, true).get(0).getId();

    compose.sql("update auth.users set deleted_at = now() where email = '%s'".formatted(email));

    await().atMost(SOON).until(() -> !logouts(id).isEmpty());
    assertThat(logouts(id)).hasSize(1);
    assertThat(nodes.get(1).realm().users().get(id).getUserSessions()).isEmpty();
  }

  private List<EventRepresentation> logouts(String id) {
    return nodes.get(0).realm().getEvents(List.of("LOGOUT"), null, id, null, null, null, 0, 10);
  }

  private List<Integer> atOnce(StackUsers.Enrolled who, String code) {
    List<CompletableFuture<Integer>> answers =
        IntStream.range(0, 4)
            .mapToObj(i -> nodes.get(i % 2))
            .map(
                node ->
                    CompletableFuture.supplyAsync(() -> signIn(node, who, code).getStatusCode()))
            .toList();
    return answers.stream().map(CompletableFuture::join).toList();
  }

  private static HTTPResponse signIn(SampleRealm node, StackUsers.Enrolled who, String code) {
    return node.oidc().password(APP, who.email(), PASSWORD, code);
  }

  /** Signs in twice: who is looked up again comes from the node's cache. */
  private static OIDCTokens cachedAt(SampleRealm node, String email) {
    Oidc.tokens(node.oidc().password(APP, email, PASSWORD));
    return Oidc.tokens(node.oidc().password(APP, email, PASSWORD));
  }

  private static UserResource resource(SampleRealm node, String email) {
    return node.realm().users().get(node.realm().users().searchByEmail(email, true).get(0).getId());
  }

  private static void assertRefused(HTTPResponse answer) {
    assertThat(answer.getStatusCode()).as(answer.getBody()).isBetween(400, 401);
    assertThat(Oidc.json(answer)).containsEntry("error", "invalid_grant");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.credential.Scrypt;
import dev.accesstier.keycloak.database.AuthDatabaseStatus;
import dev.accesstier.keycloak.gate.GateHooks;
import dev.accesstier.keycloak.jwks.SchemaJwksFactory;
import dev.accesstier.keycloak.login.MailedLinksAllowed;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.password.FormatProbe;
import dev.accesstier.keycloak.provider.OwnProvider;
import dev.accesstier.keycloak.schema.AuthTokens;
import dev.accesstier.keycloak.watch.ChangeWatch;
import dev.accesstier.keycloak.watch.WatchState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.Version;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderModel;

/**
 * Whether everything that tiers need in a realm is in place.
 *
 * @param problems in sentences: providers of ours that Keycloak does not use, and keys of the old
 *     service that are not published
 * @param scryptImplementation what computes password hashes on this node
 * @param mailedLinks which of Better Auth's links the realm takes: none, reset or all
 */
record Status(
    List<Database> databases,
    Gate gate,
    boolean adminEvents,
    List<String> problems,
    String scryptImplementation,
    String mailedLinks,
    Versions versions) {

  /**
   * A component's database, as this node sees it.
   *
   * @param problems what to correct, in sentences
   * @param found tables and columns that are there and that not every service has
   * @param missing such tables that are not there or cannot be read, in sentences
   * @param legacyTokens what is left of the old service's tokens, by client, while they are taken
   * @param pool null where it cannot even be opened
   * @param changes null where changes by others are not looked for
   */
  record Database(
      String component,
      boolean reachable,
      List<String> problems,
      List<String> found,
      List<String> missing,
      List<LegacyTokens> legacyTokens,
      @Nullable Pool pool,
      @Nullable Changes changes) {}

  /**
   * How changes by others are looked for on this node.
   *
   * @param seconds between two looks
   * @param lookedAt null as long as no look went well
   */
  record Changes(long seconds, boolean indexed, boolean hinted, @Nullable String lookedAt) {

    static Changes of(WatchState state) {
      return new Changes(
          state.period().toSeconds(),
          state.indexed(),
          state.hinted(),
          Optional.ofNullable(state.lookedAt()).map(UserList::iso).orElse(null));
    }
  }

  /**
   * What is left of a client's tokens.
   *
   * @param refreshTokens that have not expired
   */
  record LegacyTokens(String clientId, long refreshTokens, String lastIssued) {

    static LegacyTokens of(AuthTokens.Left left) {
      return new LegacyTokens(
          left.clientId(), left.refreshTokens(), UserList.iso(left.lastIssued()));
    }
  }

  /** Connections. */
  record Pool(long active, long idle, long waiting, int max) {}

  /** The hooks that the realm switches on. */
  record Gate(boolean requiredAction, boolean userinfoPolicy) {}

  record Versions(String accessTier, String keycloak) {}

  static Status of(AdminRequest admin) {
    KeycloakSession session = admin.session();
    RealmModel realm = admin.realm();
    return new Status(
        databases(session, realm),
        new Gate(GateHooks.hasRequiredAction(realm), GateHooks.hasUserInfoPolicy(session, realm)),
        realm.isAdminEventsEnabled(),
        Stream.concat(
                OwnProvider.lost(session.getKeycloakSessionFactory()),
                SchemaJwksFactory.complaints(session, realm))
            .toList(),
        Scrypt.implementation(),
        MailedLinksAllowed.in(realm).value(),
        new Versions(
            Optional.ofNullable(Status.class.getPackage().getImplementationVersion())
                .orElse("unknown"),
            Version.VERSION));
  }

  private static List<Database> databases(KeycloakSession session, RealmModel realm) {
    return realm
        .getStorageProviders(UserStorageProvider.class)
        .map(UserStorageProviderModel::new)
        .filter(UserStorageProviderModel::isEnabled)
        .flatMap(component -> database(session, component))
        .toList();
  }

  private static Stream<Database> database(
      KeycloakSession session, UserStorageProviderModel component) {
    try {
      return AuthComponents.of(session, component).stream()
          .map(
              found ->
                  of(
                      component.getName(),
                      found,
                      ChangeWatch.of(session, component).map(Changes::of).orElse(null)));
    } catch (AuthDatabaseException e) {
      return Stream.of(
          new Database(
              component.getName(),
              false,
              List.of(String.valueOf(e.getMessage())),
              List.of(),
              List.of(),
              List.of(),
              null,
              null));
    }
  }

  private static Database of(String name, AuthComponent component, @Nullable Changes changes) {
    AuthDatabaseStatus status = component.database().status(component.writable());
    Optional<String> format =
        status.reachable() && status.problems().isEmpty() && component.writable()
            ? FormatProbe.problem(component.database(), component.passwordFormat())
            : Optional.empty();
    AuthTokens tokens = new AuthTokens(component.database());
    boolean takesTokens = status.reachable() && component.legacyTokens();
    Optional<String> untaken = takesTokens ? tokens.problem() : Optional.empty();
    return new Database(
        name,
        status.reachable(),
        Stream.of(status.problems().stream(), format.stream(), untaken.stream())
            .flatMap(problems -> problems)
            .toList(),
        status.found(),
        status.missing(),
        takesTokens ? tokens.left().stream().map(LegacyTokens::of).toList() : List.of(),
        new Pool(status.active(), status.idle(), status.waiting(), status.max()),
        changes);
  }
}

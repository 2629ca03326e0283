// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.change.WritableTierStore;
import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.component.AuthDatabases;
import dev.accesstier.keycloak.component.CacheSettings;
import dev.accesstier.keycloak.component.ComponentIds;
import dev.accesstier.keycloak.component.ComponentSettings;
import dev.accesstier.keycloak.component.DatabaseKeeper;
import dev.accesstier.keycloak.component.KnownSettings;
import dev.accesstier.keycloak.component.Lazy;
import dev.accesstier.keycloak.component.Option;
import dev.accesstier.keycloak.component.OwnConnection;
import dev.accesstier.keycloak.component.ServerDefaults;
import dev.accesstier.keycloak.component.StartupCheck;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.database.AuthDatabaseSettings;
import dev.accesstier.keycloak.factor.SecondFactorProbe;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.password.FastestHash;
import dev.accesstier.keycloak.password.FormatProbe;
import dev.accesstier.keycloak.password.HashGate;
import dev.accesstier.keycloak.password.PasswordCheck;
import dev.accesstier.keycloak.password.PasswordChecks;
import dev.accesstier.keycloak.people.TierQueries;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.FreshUser;
import dev.accesstier.keycloak.tier.HeldTiers;
import dev.accesstier.keycloak.watch.ChangeWatch;
import dev.accesstier.keycloak.watch.OutsideChanges;
import dev.accesstier.keycloak.watch.WatchState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderFactory;
import org.keycloak.storage.UserStorageProviderModel;

/** Registers the user storage provider {@code auth-schema} and keeps its databases open. */
public final class AuthSchemaStorageProviderFactory
    implements UserStorageProviderFactory<AuthSchemaStorageProvider>,
        WritableTierStore,
        AuthComponents,
        PasswordChecks,
        ChangeWatch {

  /** Provider id, in realm files and in the server's options. */
  public static final String ID = AuthComponents.PROVIDER_ID;

  private static final Logger LOG = Logger.getLogger(AuthSchemaStorageProviderFactory.class);

  private final AuthDatabases databases = new AuthDatabases();
  private final KnownSettings known = new KnownSettings();
  private final OutsideChanges changes = new OutsideChanges(databases);
  private final DatabaseKeeper keeper =
      new DatabaseKeeper(databases, this::knownSettings, changes::watch);
  private HashGate hashes = new HashGate(HashGate.MAX_WAIT);
  private ServerDefaults serverDefaults = key -> null;

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getHelpText() {
    return "Users of a Better Auth schema in PostgreSQL, with their access tiers";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return Option.properties();
  }

  @Override
  public void init(Config.Scope config) {
    serverDefaults = config::get;
    hashes =
        new HashGate(
            Duration.ofMillis(config.getLong("maxHashWait", HashGate.MAX_WAIT.toMillis())));
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    StartupCheck.register(factory, this::check);
    FastestHash.register(factory);
    keeper.register(factory);
  }

  @Override
  public AuthSchemaStorageProvider create(KeycloakSession session, ComponentModel component) {
    Supplier<ComponentSettings> settings = settingsWhenNeeded(session, component);
    return new AuthSchemaStorageProvider(
        session,
        component,
        users(session, component),
        credentials(session, component, settings),
        settings);
  }

  private UserCredentials credentials(
      KeycloakSession session, ComponentModel component, Supplier<ComponentSettings> settings) {
    return new UserCredentials(
        session, component.getId(), users(session, component), passwordCheck(session), settings);
  }

  /** A form that is wrong must be said by the first query, not where a provider is made. */
  private Supplier<ComponentSettings> settingsWhenNeeded(
      KeycloakSession session, ComponentModel component) {
    return new Lazy<>(
        () ->
            TemporarilyUnavailableException.endingUnless(
                session, () -> settings(session, component)));
  }

  /** For a user who is in a component of ours; empty for others. */
  static Optional<UserCredentials> credentials(
      KeycloakSession session, RealmModel realm, UserModel user) {
    StorageId id = new StorageId(user.getId());
    return Optional.ofNullable(id.isLocal() ? null : realm.getComponent(id.getProviderId()))
        .filter(component -> ID.equals(component.getProviderId()))
        .map(
            component ->
                session
                            .getKeycloakSessionFactory()
                            .getProviderFactory(UserStorageProvider.class, ID)
                        instanceof AuthSchemaStorageProviderFactory factory
                    ? factory.credentials(
                        session, component, factory.settingsWhenNeeded(session, component))
                    : null);
  }

  @Override
  public FreshUser read(KeycloakSession session, ComponentModel component, String externalId) {
    return users(session, component)
        .byId(externalId)
        .map(user -> new FreshUser(user.accessTier(), user.shut()))
        .orElse(FreshUser.GONE);
  }

  @Override
  public boolean isTierEditable(KeycloakSession session, ComponentModel component) {
    return settingsWhenNeeded(session, component).get().tierChangeable();
  }

  @Override
  public HeldTiers writeTiers(
      KeycloakSession session,
      ComponentModel component,
      Map<String, AccessTier> tiers,
      ChangeAuthor author) {
    // Before a connection is held: a vault may take its time.
    ComponentSettings settings = settingsWhenNeeded(session, component).get();
    return users(session, component)
        .hold(tiers.keySet(), em -> TierQueries.write(em, tiers, settings, author));
  }

  @Override
  public AuthComponent component(KeycloakSession session, ComponentModel component) {
    ComponentSettings settings = settings(session, component);
    return new AuthComponent(
        component.getId(),
        database(session, component, settings),
        settings.writable(),
        settings.deleteMode(),
        settings.passwordFormat(),
        settings.securityEvents(),
        settings.takesLegacyTokens(),
        settings.applicationsImport(),
        settings.betterAuthSecret(),
        settings.providerAliases());
  }

  /** Checks the form alone: an import, which calls nothing else, must not need the database. */
  @Override
  public void validateConfiguration(
      KeycloakSession session, RealmModel realm, ComponentModel component) {
    read(session, component).checkTogether();
    if (ColumnRole.isAdminRealm(realm)) {
      throw new ComponentValidationException(
          "Realm %s is for the admins of the server and takes no users of an auth schema"
              .formatted(realm.getName()));
    }
    ComponentModel before =
        component.getId() == null ? null : realm.getComponent(component.getId());
    ComponentIds.settle(before, component);
    CacheSettings.settle(before, component);
  }

  @Override
  public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel component) {
    probe(session, component);
    keeper.afterCommit(session);
  }

  @Override
  public void onUpdate(
      KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel updated) {
    try {
      new OwnConnection(updated).checkPassword(new OwnConnection(old));
    } catch (ComponentValidationException e) {
      session.getTransactionManager().setRollbackOnly();
      throw e;
    }
    probe(session, updated);
    keeper.afterCommit(session);
  }

  @Override
  public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel component) {
    keeper.afterCommit(session);
  }

  @Override
  public void close() {
    keeper.close();
    changes.close();
    databases.close();
  }

  @Override
  public Optional<WatchState> state(String componentId) {
    return changes.state(componentId);
  }

  @Override
  public PasswordCheck passwordCheck(KeycloakSession session) {
    return new PasswordCheck(session, hashes);
  }

  /** One for each session and component: whoever asks in a request sees the same rows. */
  @Override
  public SessionUsers users(KeycloakSession session, ComponentModel component) {
    String key = SessionUsers.class.getName() + component.getId();
    SessionUsers users = session.getAttribute(key, SessionUsers.class);
    if (users == null) {
      users =
          new SessionUsers(
              session,
              component.getId(),
              () -> database(session, component, settings(session, component)));
      session.setAttribute(key, users);
    }
    return users;
  }

  private AuthDatabase database(
      KeycloakSession session, ComponentModel component, ComponentSettings settings) {
    try {
      return databases.lend(
          session,
          settings
              .database()
              .orElseThrow(
                  () ->
                      new ComponentValidationException(
                          "neither it nor the server's spi-storage--auth-schema--jdbc-url names a"
                              + " database")));
    } catch (ComponentValidationException | AuthDatabaseException e) {
      throw useless(component, e);
    }
  }

  /**
   * What a request goes by.
   *
   * @throws AuthDatabaseException when the form of an option is wrong; it has been logged
   */
  private ComponentSettings settings(KeycloakSession session, ComponentModel component) {
    try {
      return knownSettings(session, component);
    } catch (ComponentValidationException e) {
      throw useless(component, e);
    }
  }

  private static AuthDatabaseException useless(ComponentModel component, RuntimeException cause) {
    LOG.errorf("Component %s cannot be used: %s", component.getName(), cause.getMessage());
    return new AuthDatabaseException(cause.getMessage(), cause);
  }

  private ComponentSettings knownSettings(KeycloakSession session, ComponentModel component) {
    return known.of(component, () -> read(session, component));
  }

  private ComponentSettings read(KeycloakSession session, ComponentModel component) {
    return ComponentSettings.of(
        component,
        serverDefaults,
        text -> session.vault().getStringSecret(text).get().orElse(text));
  }

  /**
   * Connects where an admin saved a connection or a secret of the component's own; undoes the
   * saving if bad.
   */
  private void probe(KeycloakSession session, ComponentModel component) {
    ComponentSettings settings = read(session, component);
    if ((settings.ownConnection() || settings.ownSecret())
        && new UserStorageProviderModel(component).isEnabled()) {
      List<String> problems =
          settings
              .database()
              .map(database -> problems(session, database, settings))
              .orElse(List.of());
      if (!problems.isEmpty()) {
        session.getTransactionManager().setRollbackOnly();
        throw new ComponentValidationException(String.join(" ", problems));
      }
    }
  }

  /** Connects where there is a connection to be had; what is wrong is then in the log. */
  private void check(KeycloakSession session, ComponentModel component) {
    RealmModel realm = session.getContext().getRealm();
    if (ColumnRole.isAdminRealm(realm)) {
      LOG.errorf(
          "Component %s is in realm %s, which is for the server's own admins: none of its roles"
              + " count there. Remove it.",
          component.getName(), realm.getName());
    }
    if (!ComponentIds.isTaken(component.getId())) {
      LOG.warnf(
          "Keycloak will warn of the users of component %s: its id %s has neither 22 characters nor"
              + " the form of a UUID",
          component.getName(), component.getId());
    }
    try {
      ComponentSettings settings = settings(session, component);
      if (settings.database().isPresent()) {
        AuthDatabase database = database(session, component, settings);
        SecondFactorProbe.problem(database, settings.secrets())
            .ifPresent(problem -> LOG.errorf("Component %s: %s", component.getName(), problem));
        if (settings.writable()) {
          FormatProbe.problem(database, settings.passwordFormat())
              .ifPresent(problem -> LOG.warnf("Component %s: %s", component.getName(), problem));
        }
      }
    } catch (AuthDatabaseException e) {
      LOG.debugf("Component %s was told of above", component.getName());
    }
  }

  /** What it opens stays open for the requests to come, if the component is saved. */
  private List<String> problems(
      KeycloakSession session, AuthDatabaseSettings database, ComponentSettings settings) {
    try {
      List<String> problems = AuthDatabase.problems(database, settings.writable());
      if (!problems.isEmpty()) {
        return problems;
      }
      return SecondFactorProbe.problem(databases.lend(session, database), settings.secrets())
          .stream()
          .toList();
    } catch (AuthDatabaseException e) {
      return List.of(e.getMessage());
    }
  }
}

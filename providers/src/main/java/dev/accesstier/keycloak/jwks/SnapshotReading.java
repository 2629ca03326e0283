// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.jwks;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.jwks.PublishedKey.UnusableException;
import dev.accesstier.keycloak.jwks.Snapshots.Snapshot;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.schema.AuthJwks;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.crypto.KeyWrapper;
import org.keycloak.keys.KeyProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Reads what one component publishes, outside of any request. */
final class SnapshotReading {

  private final KeycloakSessionFactory factory;
  private final String realmId;
  private final String componentId;

  SnapshotReading(KeycloakSessionFactory factory, String realmId, String componentId) {
    this.factory = factory;
    this.realmId = realmId;
    this.componentId = componentId;
  }

  /**
   * What is where.
   *
   * @param databases of the realm's enabled components, with the secret of each
   * @param taken the {@code kid} of every other key of the realm
   * @param signing null where Keycloak does not sign with any of them
   */
  private record Sources(
      ComponentModel component,
      Map<AuthDatabase, SecretCipher> databases,
      Set<String> taken,
      @Nullable SigningKeys signing) {}

  /** As it is now; what was before while a database is away; null when the component is gone. */
  @Nullable Snapshot after(Snapshot before) {
    try {
      // Connections are opened after this transaction, which holds one of Keycloak's.
      Sources sources =
          KeycloakModelUtils.runJobInTransactionWithResult(factory, this::sources).orElse(null);
      return sources == null ? null : read(sources);
    } catch (RuntimeException e) {
      // A failure of a database is logged where it was met; the next reading will tell.
      return before;
    }
  }

  private Optional<Sources> sources(KeycloakSession session) {
    RealmModel realm = session.realms().getRealm(realmId);
    ComponentModel component = realm == null ? null : realm.getComponent(componentId);
    if (realm == null || component == null) {
      return Optional.empty();
    }
    session.getContext().setRealm(realm);
    Map<AuthDatabase, SecretCipher> databases = new LinkedHashMap<>();
    AuthComponents.enabledIn(session, realm)
        .forEach(found -> databases.putIfAbsent(found.database(), cipher(found)));
    Set<String> taken = new HashSet<>();
    realm
        .getComponentsStream(realm.getId(), KeyProvider.class.getName())
        .filter(other -> !other.getProviderId().equals(component.getProviderId()))
        .map(other -> session.getProvider(KeyProvider.class, other))
        .flatMap(KeyProvider::getKeysStream)
        .map(KeyWrapper::getKid)
        .forEach(taken::add);
    return Optional.of(
        new Sources(
            component,
            databases,
            taken,
            SchemaJwksFactory.isActive(component) ? SigningKeys.of(realm) : null));
  }

  private static SecretCipher cipher(AuthComponent component) {
    String secret = component.betterAuthSecret();
    return new SecretCipher(
        secret == null ? BetterAuthSecrets.NONE : BetterAuthSecrets.parse(secret));
  }

  private static Snapshot read(Sources sources) throws AuthDatabaseException {
    List<KeyWrapper> keys = new ArrayList<>();
    Set<String> complaints = new LinkedHashSet<>();
    Set<String> taken = new HashSet<>(sources.taken());
    SigningKeys signing = sources.signing();
    for (Map.Entry<AuthDatabase, SecretCipher> source : sources.databases().entrySet()) {
      Optional<List<AuthJwks.Row>> rows = AuthJwks.of(source.getKey(), signing != null);
      // Of several services Keycloak signs for one, the first.
      Set<String> trusted =
          signing != null && keys.isEmpty()
              ? signing.choose(rows.orElse(List.of()), source.getValue(), complaints)
              : Set.of();
      if (rows.isEmpty()) {
        complaints.add(
            "The keys of the old service are not published: table jwks is missing, or the database"
                + " user may not read id, public_key and created_at.");
      }
      for (AuthJwks.Row row : rows.orElse(List.of())) {
        try {
          if (row.expired()) {
            throw new UnusableException("has expired");
          }
          KeyWrapper key = PublishedKey.of(row, sources.component());
          if (signing != null && trusted.contains(row.id())) {
            signing.trust(key);
          }
          if (!taken.add(row.id())) {
            throw new UnusableException("has the id of another key of the realm");
          }
          keys.add(key);
        } catch (UnusableException e) {
          complaints.add(
              "Key %s of table jwks is left out: it %s".formatted(row.id(), e.getMessage()));
        }
      }
    }
    return new Snapshot(List.copyOf(keys), Set.copyOf(complaints));
  }
}

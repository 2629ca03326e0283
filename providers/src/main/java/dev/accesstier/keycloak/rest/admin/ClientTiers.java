// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.people.TierUsers;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.ClientTierSettings;
import dev.accesstier.keycloak.tier.RequiredTier;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotFoundException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;

/** Clients by the tier they require: those that the admin may see. */
public final class ClientTiers {

  private final AdminRequest admin;

  ClientTiers(AdminRequest admin) {
    this.admin = admin;
  }

  /**
   * A gated client.
   *
   * @param name null where it has none
   * @param requiredTier as it is written, which may be no tier: then nobody has access
   * @param archived whether lists of apps leave it out
   */
  record Gated(
      String clientId,
      @Nullable String name,
      @Nullable String requiredTier,
      boolean archived,
      long usersWithAccess) {}

  /**
   * What a client requires.
   *
   * @param requiredTier null: nothing
   */
  public record Required(String clientId, @Nullable String requiredTier) {}

  /** How many users have each tier, and how many clients require it. */
  record Summary(Map<String, Long> users, Map<String, Long> clients) {}

  List<Gated> list() {
    Map<AccessTier, Long> counts = countUsers();
    return gated()
        .sorted(Comparator.comparing(ClientModel::getClientId))
        .map(client -> gated(client, counts))
        .toList();
  }

  Summary summary() {
    Map<AccessTier, Long> users = countUsers();
    Map<String, Long> byTier = new LinkedHashMap<>();
    Map<String, Long> clients = new LinkedHashMap<>();
    for (AccessTier tier : AccessTier.values()) {
      byTier.put(tier.value(), users.getOrDefault(tier, 0L));
      clients.put(tier.value(), 0L);
    }
    gated()
        .forEach(
            client -> {
              if (RequiredTier.of(client) instanceof RequiredTier.AtLeast atLeast) {
                clients.merge(atLeast.tier().value(), 1L, Long::sum);
              }
            });
    return new Summary(byTier, clients);
  }

  /** The client of that client id, or of that internal id. */
  ClientModel find(String id) {
    boolean possible = SessionUsers.storable(id);
    ClientModel client = possible ? admin.realm().getClientByClientId(id) : null;
    if (client == null && possible) {
      client = admin.realm().getClientById(id);
    }
    if (client == null) {
      throw admin.may().mayAskForClients()
          ? new NotFoundException("Could not find client")
          : new ForbiddenException();
    }
    return client;
  }

  public static Required required(ClientModel client) {
    String value = client.getAttribute(RequiredTier.ATTRIBUTE);
    return new Required(client.getClientId(), value == null || value.isBlank() ? null : value);
  }

  private Stream<ClientModel> gated() {
    return admin
        .realm()
        .getClientsStream()
        .filter(client -> !(RequiredTier.of(client) instanceof RequiredTier.None))
        .filter(admin.may()::mayView);
  }

  private Map<AccessTier, Long> countUsers() {
    return new TierUsers(admin.session(), admin.realm(), admin.may().visibleUsers()).countByTier();
  }

  private static Gated gated(ClientModel client, Map<AccessTier, Long> users) {
    RequiredTier required = RequiredTier.of(client);
    return new Gated(
        client.getClientId(),
        client.getName(),
        client.getAttribute(RequiredTier.ATTRIBUTE),
        new ClientTierSettings(client).archived(),
        Arrays.stream(AccessTier.values())
            .filter(required::admits)
            .mapToLong(tier -> users.getOrDefault(tier, 0L))
            .sum());
  }
}

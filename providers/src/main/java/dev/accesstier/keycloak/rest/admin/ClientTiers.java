// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.audit.RefusedLogins;
import dev.accesstier.keycloak.people.TierUsers;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.ClientTierSettings;
import dev.accesstier.keycloak.tier.RequiredTier;
import jakarta.ws.rs.ForbiddenException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;

/** Clients by the tier they require: those that the admin may see. */
public final class ClientTiers {

  private static final Duration WEEK = Duration.ofDays(7);

  private final AdminRequest admin;

  ClientTiers(AdminRequest admin) {
    this.admin = admin;
  }

  /**
   * A client as listed.
   *
   * @param id Keycloak's own
   * @param name null where it has none
   * @param requiredTier as it is written, which may be no tier: then nobody has access; null: open
   * @param archived whether lists of apps leave it out
   * @param comingSoon whether lists of apps announce it
   * @param refused how many people were refused in the last seven days; null where the realm stores
   *     no events or the admin may not see them
   * @param manageable whether the admin may change it
   */
  record Listed(
      String clientId,
      @Nullable String name,
      @Nullable String requiredTier,
      boolean archived,
      long usersWithAccess,
      String id,
      boolean comingSoon,
      @Nullable Long refused,
      boolean manageable) {}

  /**
   * What a client requires.
   *
   * @param requiredTier null: nothing
   */
  public record Required(String clientId, @Nullable String requiredTier) {}

  /** How many users have each tier, and how many clients require it. */
  record Summary(Map<String, Long> users, Map<String, Long> clients) {}

  /**
   * @param open whether clients that require nothing are in it; Keycloak's own never are
   */
  List<Listed> list(boolean open) {
    Map<AccessTier, Long> counts = countUsers();
    Optional<Map<String, Long>> refused =
        admin.may().mayViewEvents()
            ? RefusedLogins.byClient(admin.session(), admin.realm(), WEEK)
            : Optional.empty();
    return (open ? possible() : gated())
        .sorted(Comparator.comparing(ClientModel::getClientId))
        .map(
            client ->
                listed(
                    client,
                    counts,
                    refused
                        .map(byClient -> byClient.getOrDefault(client.getClientId(), 0L))
                        .orElse(null)))
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
          ? ApiError.CLIENT_NOT_FOUND.exception()
          : new ForbiddenException();
    }
    return client;
  }

  public static Required required(ClientModel client) {
    String value = client.getAttribute(RequiredTier.ATTRIBUTE);
    return new Required(client.getClientId(), value == null || value.isBlank() ? null : value);
  }

  private Stream<ClientModel> gated() {
    return possible().filter(ClientTiers::isGated);
  }

  /** Those that people sign in to, and that may require a tier. */
  private Stream<ClientModel> possible() {
    return admin
        .realm()
        .getClientsStream()
        .filter(client -> !RequiredTier.EXEMPT_CLIENTS.contains(client.getClientId()))
        .filter(client -> isGated(client) || isForPeople(client))
        .filter(admin.may()::mayView);
  }

  private static boolean isGated(ClientModel client) {
    return !(RequiredTier.of(client) instanceof RequiredTier.None);
  }

  private static boolean isForPeople(ClientModel client) {
    return !client.isBearerOnly()
        && (client.isStandardFlowEnabled()
            || client.isImplicitFlowEnabled()
            || client.isDirectAccessGrantsEnabled());
  }

  private Map<AccessTier, Long> countUsers() {
    return new TierUsers(admin.session(), admin.realm(), admin.may().visibleUsers()).countByTier();
  }

  private Listed listed(ClientModel client, Map<AccessTier, Long> users, @Nullable Long refused) {
    RequiredTier required = RequiredTier.of(client);
    ClientTierSettings settings = new ClientTierSettings(client);
    long access =
        Arrays.stream(AccessTier.values())
            .filter(required::admits)
            .mapToLong(tier -> users.getOrDefault(tier, 0L))
            .sum();
    return new Listed(
        client.getClientId(),
        client.getName(),
        required(client).requiredTier(),
        settings.archived(),
        access,
        client.getId(),
        settings.comingSoon(),
        refused,
        admin.may().mayManage(client));
  }
}

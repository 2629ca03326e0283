// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.tier.AccessTier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * A realm's people with their tiers, for lists and counts: those of its components, by email, and
 * after them those of Keycloak's own storage, by username. People of other storages are in it when
 * Keycloak has imported them.
 *
 * <p>Every method ends in a {@link dev.accesstier.keycloak.outage.TemporarilyUnavailableException}
 * when a component's database cannot be read.
 */
public final class TierUsers {

  /**
   * A person as listed.
   *
   * @param id Keycloak's
   * @param email null where a local user has none
   * @param role the highest of admin, service and user
   * @param secondFactor whether {@code users} says that there is one; false for a local user, whose
   *     credentials are Keycloak's
   * @param enabled whether the row, or for a local user Keycloak, lets the person sign in
   */
  public record Row(
      String id,
      @Nullable String email,
      String name,
      String role,
      AccessTier tier,
      Instant createdAt,
      boolean secondFactor,
      boolean emailVerified,
      boolean enabled) {}

  /**
   * Which people are meant. Null is no condition.
   *
   * @param search words that email or name begin with
   * @param role admin, service or user, as listed
   * @param secondFactor as listed
   * @param createdFrom at that moment or later
   * @param createdUntil at that moment or earlier
   */
  public record Filter(
      @Nullable AccessTier tier,
      @Nullable String search,
      @Nullable String role,
      @Nullable Boolean secondFactor,
      @Nullable Boolean emailVerified,
      @Nullable Boolean enabled,
      @Nullable Instant createdFrom,
      @Nullable Instant createdUntil) {

    public static final Filter EVERYONE = ofTier(null);

    /** Null: of every tier. */
    public static Filter ofTier(@Nullable AccessTier tier) {
      return new Filter(tier, null, null, null, null, null, null, null);
    }
  }

  /** What a list is ordered by; those of one storage together. */
  public enum Order {
    /** Of local people the username. */
    EMAIL,
    NAME,
    TIER,
    CREATED
  }

  /** An order, and whether it is turned round. */
  public record Sorting(Order order, boolean descending) {

    public static final Sorting DEFAULT = new Sorting(Order.EMAIL, false);
  }

  /** Where a list goes on; lists that are read so do not get slower towards their end. */
  public record Position(int source, String after) {}

  /**
   * A part of a list.
   *
   * @param next null: nothing follows
   */
  public record Slice(List<Row> rows, @Nullable Position next) {}

  /** A storage of people, in an order of its own. */
  interface Source {

    List<Row> page(Filter filter, Sorting sorting, int first, int max);

    /** Those that follow in the default order; null: from the beginning. */
    List<Row> pageAfter(Filter filter, @Nullable String after, int max);

    /** What {@code after} means for that row. */
    String key(Row row);

    long count(Filter filter);

    Map<AccessTier, Long> countByTier();
  }

  private final List<Source> sources;

  /**
   * @param permitted whoever else is there is neither listed nor counted
   */
  public TierUsers(KeycloakSession session, RealmModel realm, PermittedUsers permitted) {
    sources =
        Stream.concat(
                AuthComponents.users(session, realm).entrySet().stream()
                    .map(
                        users ->
                            new ComponentTierUsers(
                                users.getKey(),
                                users.getValue(),
                                permitted.ofComponent(users.getKey()),
                                new FederatedRows(session, realm, users.getKey())::locked)),
                Stream.of(new LocalTierUsers(session, realm, permitted.ofLocalStorage())))
            .toList();
  }

  public List<Row> list(Filter filter, Sorting sorting, int first, int max) {
    List<Row> rows = new ArrayList<>();
    long skip = first;
    for (Source source : sources) {
      if (rows.size() == max) {
        break;
      }
      if (skip > 0) {
        long there = source.count(filter);
        if (there <= skip) {
          skip -= there;
          continue;
        }
      }
      rows.addAll(source.page(filter, sorting, Math.toIntExact(skip), max - rows.size()));
      skip = 0;
    }
    return rows;
  }

  /** The first people after a position, null being the beginning. */
  public Slice slice(Filter filter, @Nullable Position from, int max) {
    int index = from == null ? 0 : from.source();
    String after = from == null ? null : from.after();
    while (index < sources.size()) {
      Source source = sources.get(index);
      List<Row> rows = source.pageAfter(filter, after, max);
      if (!rows.isEmpty()) {
        return new Slice(rows, new Position(index, source.key(rows.get(rows.size() - 1))));
      }
      index++;
      after = null;
    }
    return new Slice(List.of(), null);
  }

  public long count(Filter filter) {
    return sources.stream().mapToLong(source -> source.count(filter)).sum();
  }

  /** How many people have each tier; every tier is in it. */
  public Map<AccessTier, Long> countByTier() {
    Map<AccessTier, Long> counts = new EnumMap<>(AccessTier.class);
    for (AccessTier tier : AccessTier.values()) {
      counts.put(tier, 0L);
    }
    for (Source source : sources) {
      source.countByTier().forEach((tier, count) -> counts.merge(tier, count, Long::sum));
    }
    return counts;
  }
}

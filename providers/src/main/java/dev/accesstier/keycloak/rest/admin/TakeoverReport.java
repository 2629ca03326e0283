// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.audit.StoredLogins;
import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.schema.AuthTokens;
import dev.accesstier.keycloak.schema.TakeoverCounts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the move from Better Auth has come, by component.
 *
 * @param components those that are enabled
 */
record TakeoverReport(List<Progress> components) {

  /**
   * A component's people; those who were deleted are not counted.
   *
   * @param component its id
   * @param signedIn null where the realm stores no logins
   * @param passwords how many are stored in which format; {@code other} is none that can be used
   * @param stillThere what people would miss if Better Auth were switched off now
   */
  record Progress(
      String component,
      long people,
      @Nullable SignedIn signedIn,
      Map<String, Long> passwords,
      long secondFactors,
      StillThere stillThere) {}

  /**
   * Who has signed in at Keycloak.
   *
   * @param since the oldest login that is still stored, ISO 8601; null: none is
   */
  record SignedIn(long people, @Nullable String since) {}

  /**
   * What is in use at Better Auth.
   *
   * @param liveSessions people who are signed in there, and would have to sign in again
   * @param trustedDevices that would be asked for a code; null where that may not be read
   * @param refreshTokens of apps, which are taken over where option {@code legacyTokens} is on
   */
  record StillThere(long liveSessions, @Nullable Long trustedDevices, long refreshTokens) {}

  /**
   * @throws TemporarilyUnavailableException when a component's database cannot be read
   */
  static TakeoverReport of(AdminRequest admin) {
    return TemporarilyUnavailableException.unless(
        admin.session(),
        () ->
            new TakeoverReport(
                AuthComponents.enabledIn(admin.session(), admin.realm())
                    .map(component -> progress(admin, component))
                    .toList()));
  }

  private static Progress progress(AdminRequest admin, AuthComponent component) {
    TakeoverCounts counts = TakeoverCounts.of(component.database());
    long tokens =
        new AuthTokens(component.database())
            .left().stream().mapToLong(AuthTokens.Left::refreshTokens).sum();
    Map<String, Long> passwords = new TreeMap<>();
    counts.passwords().forEach((format, count) -> passwords.put(format.toString(), count));
    passwords.put("other", counts.otherPasswords());
    Optional<StoredLogins> logins = StoredLogins.of(admin.session(), admin.realm(), component.id());
    return new Progress(
        component.id(),
        counts.people(),
        logins
            .map(
                found ->
                    new SignedIn(
                        found.people(),
                        Optional.ofNullable(found.since()).map(UserList::iso).orElse(null)))
            .orElse(null),
        passwords,
        counts.secondFactors(),
        new StillThere(counts.liveSessions(), counts.trustedDevices(), tokens));
  }
}

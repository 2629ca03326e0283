// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import dev.accesstier.keycloak.credential.PasswordFormat;
import dev.accesstier.keycloak.database.AuthDatabase;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What features beside the storage provider need of one of its components.
 *
 * @param id the component's id, the middle part of its users' Keycloak ids
 * @param database open, or opened at its first use
 * @param writable whether Keycloak may write into the tables
 * @param passwordFormat how new passwords are stored
 * @param securityEvents whether what users do is recorded in {@code security_events}
 * @param legacyTokens whether opaque tokens of the old service are taken
 * @param applicationsImport between two imports of the service's apps; zero: none by itself
 * @param betterAuthSecret {@code BETTER_AUTH_SECRET} of the running service, null where none is
 *     configured
 * @param providerAliases Keycloak's alias of an identity provider by Better Auth's provider id;
 *     what it leaves out has the same name in both
 */
public record AuthComponent(
    String id,
    AuthDatabase database,
    boolean writable,
    DeleteMode deleteMode,
    PasswordFormat passwordFormat,
    boolean securityEvents,
    boolean legacyTokens,
    Duration applicationsImport,
    @Nullable String betterAuthSecret,
    Map<String, String> providerAliases) {

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "AuthComponent " + id;
  }
}

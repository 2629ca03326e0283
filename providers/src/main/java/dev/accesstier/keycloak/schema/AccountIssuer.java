// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import jakarta.persistence.EntityManager;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The column {@code accounts.issuer}, which Better Auth 1.7.0 to 1.7.2 demand, together with the
 * account's id unique. Later versions let its owner relax or drop it.
 */
final class AccountIssuer {

  /** Of rows that hold a password. */
  static final String OF_PASSWORDS = "local:credential";

  private static final String OF_GOOGLE = "https://accounts.google.com";

  /** Of providers without an issuer; the rest is their id, escaped as in an address. */
  private static final String OF_OTHERS = "local:oauth:";

  private static final String SEEN =
      """
      select max(issuer) from {h-schema}accounts where provider_id = :provider
      """;

  private AccountIssuer() {}

  /** Whether the schema has the column and this role may write it. */
  static boolean isKept(EntityManager entityManager) {
    return TableColumns.insertable(entityManager, "accounts").containsKey("issuer");
  }

  /**
   * Of a link to a provider: what its other links have, since Better Auth's configuration decides.
   *
   * @param provider Better Auth's id
   * @param configured the issuer that Keycloak knows of it
   */
  static String of(EntityManager entityManager, String provider, @Nullable String configured) {
    if (seen(entityManager, provider) instanceof String issuer) {
      return issuer;
    }
    if (provider.equals("google")) {
      return OF_GOOGLE;
    }
    return configured == null || configured.isBlank()
        ? OF_OTHERS + URLEncoder.encode(provider, StandardCharsets.UTF_8).replace("+", "%20")
        : configured;
  }

  private static @Nullable Object seen(EntityManager entityManager, String provider) {
    return TableColumns.readable(entityManager, "accounts").containsKey("issuer")
        ? entityManager.createNativeQuery(SEEN).setParameter("provider", provider).getSingleResult()
        : null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequiredTierTest {

  /** By name: Keycloak's admin API lets nobody write attributes of the last one. */
  @Test
  void keycloaksOwnClientsAreExempt() {
    assertThat(RequiredTier.EXEMPT_CLIENTS)
        .containsExactlyInAnyOrder(
            "account",
            "account-console",
            "admin-cli",
            "security-admin-console",
            "broker",
            "realm-management",
            "access-tier-console");
  }
}

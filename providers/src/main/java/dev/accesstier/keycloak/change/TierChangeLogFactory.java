// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import org.keycloak.provider.ProviderFactory;

/** Makes the {@link TierChangeLog} of a session. */
public interface TierChangeLogFactory extends ProviderFactory<TierChangeLog> {}

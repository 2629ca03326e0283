package dev.accesstier.keycloak.tier;

import org.keycloak.provider.ProviderFactory;

/** Makes the {@link TierChangeLog} of a session. */
public interface TierChangeLogFactory extends ProviderFactory<TierChangeLog> {}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Where the trail of changes is plugged in: {@code spi-access-tier-change-log--…}. */
public final class TierChangeLogSpi implements Spi {

  @Override
  public boolean isInternal() {
    return false;
  }

  @Override
  public String getName() {
    return "access-tier-change-log";
  }

  @Override
  public Class<? extends Provider> getProviderClass() {
    return TierChangeLog.class;
  }

  @Override
  public Class<? extends ProviderFactory<TierChangeLog>> getProviderFactoryClass() {
    return TierChangeLogFactory.class;
  }
}

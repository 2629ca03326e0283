// SPDX-License-Identifier: Apache-2.0
/**
 * The domain: the ordered {@link dev.accesstier.keycloak.tier.AccessTier tiers}, what a client
 * {@link dev.accesstier.keycloak.tier.RequiredTier requires}, the {@link
 * dev.accesstier.keycloak.tier.TierGate decision}, and the one way to read a user's tier, {@link
 * dev.accesstier.keycloak.tier.UserTiers}. The settings of clients and realms are read here and
 * nowhere else.
 *
 * <p>Nothing outside this package compares two tiers. It knows no HTTP and no pages.
 */
@NullMarked
package dev.accesstier.keycloak.tier;

import org.jspecify.annotations.NullMarked;

/**
 * The domain: the ordered {@link dev.accesstier.keycloak.tier.AccessTier tiers}, what a client
 * {@link dev.accesstier.keycloak.tier.RequiredTier requires}, and the one way to read a user's
 * tier, {@link dev.accesstier.keycloak.tier.UserTiers}.
 *
 * <p>Nothing outside this package compares two tiers.
 */
@NullMarked
package dev.accesstier.keycloak.tier;

import org.jspecify.annotations.NullMarked;

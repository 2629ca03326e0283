/**
 * The trail of tier changes: a table of our own in Keycloak's database, made by Liquibase through
 * {@link dev.accesstier.keycloak.audit.TierChangeEntityProviderFactory} and read by {@link
 * dev.accesstier.keycloak.audit.TierTrail}.
 */
@NullMarked
package dev.accesstier.keycloak.audit;

import org.jspecify.annotations.NullMarked;

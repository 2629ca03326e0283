/**
 * What is recorded of what people and admins do. The trail of tier changes is a table of our own in
 * Keycloak's database, made by Liquibase through {@link
 * dev.accesstier.keycloak.audit.TierChangeEntityProviderFactory} and read by {@link
 * dev.accesstier.keycloak.audit.TierTrail}; the login record is {@code security_events} of schema
 * {@code auth}.
 */
@NullMarked
package dev.accesstier.keycloak.audit;

import org.jspecify.annotations.NullMarked;

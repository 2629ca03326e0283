/**
 * Starts a real PostgreSQL and a real Keycloak on loopback, out of artifacts of Maven Central: for
 * the demo, for the tests and for the benchmark.
 *
 * <p>Whoever starts a Keycloak hands over the file of its distribution in the system property
 * {@value dev.accesstier.devserver.KeycloakDistribution#PROPERTY}; in a POM, {@code
 * dependency:properties} knows it as <code>${org.keycloak:keycloak-quarkus-dist:zip}</code>.
 */
@NullMarked
package dev.accesstier.devserver;

import org.jspecify.annotations.NullMarked;

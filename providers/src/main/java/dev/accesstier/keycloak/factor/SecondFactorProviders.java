// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

/**
 * Marks the factory of one-time passwords that knows the second factors of schema {@code auth}.
 * While another one has its id, Keycloak would take the password alone.
 */
public interface SecondFactorProviders {}

// SPDX-License-Identifier: Apache-2.0
/**
 * The handle on one database, {@link dev.accesstier.keycloak.database.AuthDatabase}: its pool, what
 * is checked before its first use, writes that wait for another commit, and what its failures mean.
 * Knows no row of the schema but the names and types of the columns that it checks.
 */
@NullMarked
package dev.accesstier.keycloak.database;

import org.jspecify.annotations.NullMarked;

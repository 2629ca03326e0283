// SPDX-License-Identifier: Apache-2.0
/**
 * What lists show: the people of a realm with their tiers, whatever storage they are in, cut to
 * those that an admin may see. Used by REST and by Keycloak's own lists of the schema's users.
 */
@NullMarked
package dev.accesstier.keycloak.people;

import org.jspecify.annotations.NullMarked;

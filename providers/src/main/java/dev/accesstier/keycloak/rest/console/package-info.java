// SPDX-License-Identifier: Apache-2.0
/**
 * The page on which admins edit tiers, served from the JAR. It calls {@code rest.admin} from the
 * browser and has no rights of its own.
 */
@NullMarked
package dev.accesstier.keycloak.rest.console;

import org.jspecify.annotations.NullMarked;

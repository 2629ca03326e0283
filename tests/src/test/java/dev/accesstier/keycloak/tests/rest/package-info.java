/** Administering tiers: the REST API, the console's form, the trail. */
@NullMarked
package dev.accesstier.keycloak.tests.rest;

import org.jspecify.annotations.NullMarked;

/**
 * Keycloak's declarative user profile, with one difference: an access tier that is changed through
 * it goes the way of all tier changes, and one that a request leaves out stays.
 */
@NullMarked
package dev.accesstier.keycloak.profile;

import org.jspecify.annotations.NullMarked;

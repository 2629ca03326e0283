/**
 * Keycloak's declarative user profile, with two differences: an access tier that is changed through
 * it goes the way of all tier changes, and one that a request leaves out stays; what a storage
 * throws ends the request as the storage means it.
 */
@NullMarked
package dev.accesstier.keycloak.profile;

import org.jspecify.annotations.NullMarked;

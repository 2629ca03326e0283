/** Whether Keycloak uses the providers that this product cannot do without. */
@NullMarked
package dev.accesstier.keycloak.provider;

import org.jspecify.annotations.NullMarked;

/**
 * Passkeys and links to other providers: the rows of the auth schema in the place where Keycloak
 * looks for both, its {@link dev.accesstier.keycloak.link.LinkedFederatedStorageFactory federated
 * storage}.
 */
@NullMarked
package dev.accesstier.keycloak.link;

import org.jspecify.annotations.NullMarked;

/** What is recorded of what people and admins do. */
@NullMarked
package dev.accesstier.keycloak.audit;

import org.jspecify.annotations.NullMarked;

/**
 * REST: the admin resource at {@code /admin/realms/{realm}/access-tier}, and at {@code
 * /realms/{realm}/access-tier} what users ask for themselves, mailed links, the API of the original
 * service and the console page. {@code openapi.json} describes them all.
 */
@NullMarked
package dev.accesstier.keycloak.rest;

import org.jspecify.annotations.NullMarked;

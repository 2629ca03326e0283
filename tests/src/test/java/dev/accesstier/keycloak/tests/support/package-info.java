/** What every test stands on: the one server of the run, realms, a browser, an OIDC client. */
@NullMarked
package dev.accesstier.keycloak.tests.support;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** What another service writes beside a running Keycloak. */
@NullMarked
package dev.accesstier.keycloak.tests.watch;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * What an unusable auth database means to a request: status 503, once, in the words of whoever
 * asked.
 */
@NullMarked
package dev.accesstier.keycloak.outage;

import org.jspecify.annotations.NullMarked;

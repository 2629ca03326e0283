// SPDX-License-Identifier: Apache-2.0
/**
 * What all of REST shares: reading parameters and bodies, JSON, the caller's token, files of the
 * JAR. {@code openapi.json} describes the resources in the packages below.
 */
@NullMarked
package dev.accesstier.keycloak.rest;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

/** An enabled component of some realm of this server, as it was when it was last looked at. */
public record KnownComponent(String realmId, String id, ComponentSettings settings) {}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

/** Whether Keycloak may write into schema {@code auth}; named as Keycloak's LDAP provider does. */
public enum EditMode {
  /** Nothing is written into the tables; what Keycloak keeps itself stays editable. */
  READ_ONLY,
  /** What Keycloak changes is written into the tables, in Better Auth's own format. */
  WRITABLE
}

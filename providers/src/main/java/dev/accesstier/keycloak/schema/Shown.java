// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.util.Set;

/**
 * Which users of one storage an admin may see.
 *
 * @param byDefault whether those are who are not listed
 * @param exceptions ids, as the storage itself knows them
 */
public record Shown(boolean byDefault, Set<String> exceptions) {

  public static final Shown EVERYONE = new Shown(true, Set.of());
  public static final Shown NOBODY = new Shown(false, Set.of());

  public boolean contains(String id) {
    return byDefault != exceptions.contains(id);
  }
}

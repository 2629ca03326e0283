// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import java.util.Set;

/**
 * Which users of one storage an admin may see.
 *
 * @param byDefault whether those are who are not listed
 * @param exceptions ids, as the storage itself knows them
 */
record Shown(boolean byDefault, Set<String> exceptions) {

  static final Shown EVERYONE = new Shown(true, Set.of());
  static final Shown NOBODY = new Shown(false, Set.of());

  boolean contains(String id) {
    return byDefault != exceptions.contains(id);
  }
}

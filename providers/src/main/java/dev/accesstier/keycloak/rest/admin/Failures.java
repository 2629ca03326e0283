// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import java.util.ArrayList;
import java.util.List;

/** What failed: as much of it as an answer has room for, and how many there were besides. */
final class Failures<T> {

  private static final int MOST = 1000;

  private final List<T> listed = new ArrayList<>();
  private int leftOut;

  void add(T failure) {
    if (listed.size() < MOST) {
      listed.add(failure);
    } else {
      leftOut++;
    }
  }

  List<T> listed() {
    return listed;
  }

  int leftOut() {
    return leftOut;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the demo listens, on loopback. The wanted ones are options {@code -Ddemo.<name>.port}; a
 * free one stands in for each that is taken.
 *
 * @param moved a line for each that is taken
 */
record DemoPorts(
    int keycloak, int management, int postgres, int pages, int smtp, List<String> moved) {

  /**
   * @throws IllegalArgumentException when an option is no port
   */
  static DemoPorts fromOptions() {
    List<String> moved = new ArrayList<>();
    return new DemoPorts(
        port("keycloak", 8080, moved),
        port("management", 9000, moved),
        port("postgres", 5432, moved),
        port("pages", 8090, moved),
        port("smtp", 2525, moved),
        List.copyOf(moved));
  }

  private static int port(String name, int preferred, List<String> moved) {
    String option = "demo." + name + ".port";
    String text = System.getProperty(option, "" + preferred);
    int wanted;
    try {
      wanted = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      wanted = -1;
    }
    if (wanted < 0 || wanted > 65_535) {
      throw new IllegalArgumentException("-D" + option + " must be a port, not " + text);
    }
    int free = Ports.free(wanted);
    if (free != wanted && wanted != 0) {
      moved.add(
          "Port %d is taken; %s uses %d. Choose another with -D%s=..."
              .formatted(wanted, name, free, option));
    }
    return free;
  }
}

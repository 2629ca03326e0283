// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds ports on loopback. */
final class Ports {

  private Ports() {}

  /** The preferred port where it is free, any free one otherwise; 0 prefers none. */
  static int free(int preferred) {
    try {
      return bind(preferred);
    } catch (IOException taken) {
      try {
        return bind(0);
      } catch (IOException e) {
        throw new UncheckedIOException("No free port on loopback", e);
      }
    }
  }

  private static int bind(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket.getLocalPort();
    }
  }
}

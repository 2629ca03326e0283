// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Stands between a server and its database, and is as bad as a test wants it to be. */
public final class NetworkFaults implements AutoCloseable {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean frozen;
  private volatile Duration latency = Duration.ZERO;

  /**
   * Passes everything on.
   *
   * @param target port on loopback
   */
  public NetworkFaults(int target) {
    this.target = target;
    try {
      listening = new ServerSocket(0, 50, LOOPBACK);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    background(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Nothing comes through, and no connection is closed: as of a machine that hangs. */
  public void freeze() {
    frozen = true;
  }

  /** Each piece takes so long. */
  public void delay(Duration time) {
    latency = time;
  }

  /** Closes what is open; what is opened next is passed on. */
  public void cut() {
    open.forEach(NetworkFaults::close);
  }

  /** Also what was held back goes on. */
  public void heal() {
    frozen = false;
    latency = Duration.ZERO;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket from = listening.accept();
        Socket to = new Socket(LOOPBACK, target);
        open.add(from);
        open.add(to);
        background(() -> pass(from, to));
        background(() -> pass(to, from));
      } catch (IOException e) {
        // Closed, or nobody is there: whoever connects sees it end.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] piece = new byte[8192];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      int length = in.read(piece);
      while (length >= 0) {
        hold();
        out.write(piece, 0, length);
        length = in.read(piece);
      }
    } catch (IOException e) {
      // The other end sees it, too.
    } finally {
      close(from);
      close(to);
    }
  }

  private void hold() {
    LockSupport.parkNanos(latency.toNanos());
    while (frozen && !listening.isClosed()) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static void background(Runnable work) {
    Thread thread = new Thread(work, "network-faults");
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone, as it should be.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}

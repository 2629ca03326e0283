// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What somebody would put where a PostgreSQL is expected: it refuses encryption, asks whoever
 * connects for the password in clear text, and keeps what it hears.
 */
final class PasswordTrap implements AutoCloseable {

  private static final int FIRST_ENCRYPTION_CODE = 80877103;
  private static final int CLEAR_TEXT_PASSWORD = 3;
  private static final int LONGEST = 100_000;

  private final ServerSocket socket;
  private final List<Heard> heard = new CopyOnWriteArrayList<>();

  /**
   * One attempt to connect.
   *
   * @param startup names and values, with NULs between them
   * @param password empty when none was given
   */
  record Heard(String startup, String password) {}

  PasswordTrap() {
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::accept, "password-trap");
    thread.setDaemon(true);
    thread.start();
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d/trap".formatted(socket.getLocalPort());
  }

  /** What came since it was last asked. */
  List<Heard> heard() {
    List<Heard> all = List.copyOf(heard);
    heard.clear();
    return all;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        client.setSoTimeout(5000);
        listen(
            new DataInputStream(client.getInputStream()),
            new DataOutputStream(client.getOutputStream()));
      } catch (IOException e) {
        // the next one
      }
    }
  }

  private void listen(DataInputStream in, DataOutputStream out) throws IOException {
    byte[] startup = message(in);
    while (startup.length == Integer.BYTES
        && new DataInputStream(new ByteArrayInputStream(startup)).readInt()
            >= FIRST_ENCRYPTION_CODE) {
      out.write('N');
      out.flush();
      startup = message(in);
    }
    out.write('R');
    out.writeInt(2 * Integer.BYTES);
    out.writeInt(CLEAR_TEXT_PASSWORD);
    out.flush();
    heard.add(new Heard(text(startup), password(in)));
    out.write('E');
    byte[] refusal = "SFATAL\0C28P01\0Mno\0\0".getBytes(StandardCharsets.UTF_8);
    out.writeInt(Integer.BYTES + refusal.length);
    out.write(refusal);
    out.flush();
  }

  private static String password(DataInputStream in) throws IOException {
    try {
      return in.readByte() == 'p' ? text(message(in)).replace("\0", "") : "";
    } catch (EOFException e) {
      return "";
    }
  }

  private static byte[] message(DataInputStream in) throws IOException {
    int length = in.readInt() - Integer.BYTES;
    if (length < 0 || length > LONGEST) {
      throw new IOException("not PostgreSQL's protocol");
    }
    return in.readNBytes(length);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

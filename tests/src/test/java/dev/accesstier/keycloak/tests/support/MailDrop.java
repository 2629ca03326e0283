// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.RealmRepresentation;

/** Takes any mail over SMTP on loopback, as far as Keycloak speaks it, and keeps its text. */
public final class MailDrop implements AutoCloseable {

  private static final Pattern LINK = Pattern.compile("http://\\S+login-actions/action-token\\S+");

  private final ServerSocket socket;
  private final BlockingQueue<String> mails = new LinkedBlockingQueue<>();

  public MailDrop() {
    try {
      socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::serve, "mail-drop");
    thread.setDaemon(true);
    thread.start();
  }

  /** Has a realm send its mail here. */
  public void receiveFrom(RealmResource realm) {
    RealmRepresentation settings = realm.toRepresentation();
    settings.setSmtpServer(
        Map.of("host", "127.0.0.1", "port", "" + socket.getLocalPort(), "from", "kc@example.org"));
    realm.update(settings);
  }

  /** The text of the next mail, as it is sent. */
  public String next() throws InterruptedException {
    String mail = mails.poll(Duration.ofSeconds(20).toMillis(), TimeUnit.MILLISECONDS);
    if (mail == null) {
      throw new AssertionError("no mail came");
    }
    return mail;
  }

  /** Whether no mail is left. Keycloak answers a request after it has sent the mail. */
  public boolean isEmpty() {
    return mails.isEmpty();
  }

  /** The first link in the next mail. */
  public String nextLink() throws InterruptedException {
    String mail = next();
    Matcher link = LINK.matcher(mail);
    if (!link.find()) {
      throw new AssertionError("no link in " + mail);
    }
    return link.group();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        converse(client);
      } catch (IOException e) {
        // the test is over, or Keycloak hung up
      }
    }
  }

  private void converse(Socket client) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
    OutputStream out = client.getOutputStream();
    say(out, "220 drop");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("DATA")) {
        say(out, "354 go on");
        mails.add(decoded(readBody(in)));
        say(out, "250 kept");
      } else if (line.startsWith("QUIT")) {
        say(out, "221 bye");
        return;
      } else {
        say(out, "250 ok");
      }
    }
  }

  private static String readBody(BufferedReader in) throws IOException {
    StringBuilder body = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
      body.append(line.startsWith("..") ? line.substring(1) : line).append('\n');
    }
    return body.toString();
  }

  /** Undoes quoted-printable, which breaks long links. */
  private static String decoded(String body) {
    return body.replace("=\n", "").replace("=3D", "=");
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

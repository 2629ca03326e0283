// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes every mail that the demo's server sends, whoever it is for. */
final class DemoMail implements AutoCloseable {

  private final GreenMail server;
  private final ServerSetup setup;

  /**
   * A mail.
   *
   * @param text without markup
   */
  record Mail(String to, String subject, String text) {}

  DemoMail(int port) {
    setup = new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
    server = new GreenMail(setup);
    server.start();
  }

  /** Puts a mail into the inbox that Keycloak did not send. */
  void send(Mail mail) {
    GreenMailUtil.sendTextEmail(mail.to(), "old@example.test", mail.subject(), mail.text(), setup);
  }

  /** Newest first. */
  List<Mail> inbox() {
    List<Mail> mails = new ArrayList<>();
    for (MimeMessage message : server.getReceivedMessages()) {
      try {
        mails.add(
            0,
            new Mail(
                Arrays.toString(message.getAllRecipients()).replaceAll("[\\[\\]]", ""),
                String.valueOf(message.getSubject()),
                text(message)));
      } catch (MessagingException e) {
        throw new IllegalStateException(e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return mails;
  }

  private static String text(Part part) throws MessagingException, IOException {
    if (part.isMimeType("text/plain")) {
      return String.valueOf(part.getContent());
    }
    if (part.getContent() instanceof Multipart parts) {
      for (int i = 0; i < parts.getCount(); i++) {
        BodyPart inner = parts.getBodyPart(i);
        String text = text(inner);
        if (!text.isEmpty()) {
          return text;
        }
      }
    }
    return "";
  }

  @Override
  public void close() {
    server.stop();
  }
}

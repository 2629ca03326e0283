// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import dev.accesstier.keycloak.credential.Totp;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.common.util.Time;
import org.keycloak.email.EmailException;
import org.keycloak.email.EmailTemplateProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.SingleUseObjectProvider;
import org.keycloak.models.UserModel;

/**
 * The code that is mailed to one user as second factor. Digits, validity and tries are the defaults
 * of Better Auth's {@code otpOptions}. Codes are kept in Keycloak and not in the schema: one that
 * Better Auth mailed counts there, one that Keycloak mailed counts here.
 */
final class MailedCode {

  private static final Logger LOG = Logger.getLogger(MailedCode.class);

  /** As many as an authenticator app shows. */
  private static final int DIGITS = Totp.DIGITS;

  private static final Duration VALIDITY = Duration.ofMinutes(5);
  private static final int TRIES = 5;

  /** A mailbox is not to be flooded by whoever knows the password. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private static final int MAILS_AN_HOUR = 5;

  private static final String LATELY = "lately";
  private static final String CODE = "code";
  private static final String TRIED = "tried";
  private static final String UNTIL = "until";

  private final KeycloakSession session;
  private final SingleUseObjectProvider kept;
  private final RealmModel realm;
  private final UserModel user;

  MailedCode(KeycloakSession session, RealmModel realm, UserModel user) {
    this.session = session;
    this.kept = session.singleUseObjects();
    this.realm = realm;
    this.user = user;
  }

  /** Mails a new one in place of the one before, unless there were too many. */
  Mailing send() {
    if (realm.getSmtpConfig().isEmpty()) {
      LOG.errorf(
          "User %s needs a code by mail to sign in, and realm %s sends no mail",
          user.getId(), realm.getName());
      return Mailing.NOT_POSSIBLE;
    }
    Optional<String> place =
        kept.putIfAbsent(key(LATELY), PAUSE.toSeconds()) ? placeInTheHour() : Optional.empty();
    if (place.isEmpty()) {
      return kept.contains(key(CODE)) ? Mailing.UNDER_WAY : Mailing.TOO_MANY;
    }
    String code = SecretGenerator.getInstance().randomString(DIGITS, SecretGenerator.DIGITS);
    try {
      mail(code);
    } catch (EmailException e) {
      LOG.errorf("The code for user %s cannot be mailed: %s", user.getId(), e.getMessage());
      kept.remove(place.get());
      kept.remove(key(LATELY));
      return Mailing.NOT_POSSIBLE;
    }
    keep(code, 0, Time.currentTime() + VALIDITY.toSeconds());
    return Mailing.UNDER_WAY;
  }

  /** The key of a mail that may be sent within the hour; it is taken with this. */
  private Optional<String> placeInTheHour() {
    return IntStream.range(0, MAILS_AN_HOUR)
        .mapToObj(place -> key("mail." + place))
        .filter(place -> kept.putIfAbsent(place, Duration.ofHours(1).toSeconds()))
        .findFirst();
  }

  private void mail(String code) throws EmailException {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put("code", code);
    attributes.put("minutes", VALIDITY.toMinutes());
    session
        .getProvider(EmailTemplateProvider.class)
        .setRealm(realm)
        .setUser(user)
        .send("accessTierCodeSubject", "access-tier-code.ftl", attributes);
  }

  /** Whether it is the one that was mailed last; it is used up with this. */
  boolean accepts(String typed) {
    // Taken out first: of several who guess at once one has a try.
    Map<String, String> found = kept.remove(key(CODE));
    if (found == null) {
      return false;
    }
    String code = found.getOrDefault(CODE, "");
    if (MessageDigest.isEqual(bytes(code), bytes(typed))) {
      return true;
    }
    int tried = Integer.parseInt(found.getOrDefault(TRIED, "0")) + 1;
    if (tried < TRIES) {
      keep(code, tried, Long.parseLong(found.getOrDefault(UNTIL, "0")));
    }
    return false;
  }

  private void keep(String code, int tried, long until) {
    long left = until - Time.currentTime();
    if (left > 0) {
      kept.put(
          key(CODE),
          left,
          Map.of(CODE, code, TRIED, Integer.toString(tried), UNTIL, Long.toString(until)));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String key(String what) {
    return String.join(".", "access-tier-mailed-code", realm.getId(), user.getId(), what);
  }
}

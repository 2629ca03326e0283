// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import static org.awaitility.Awaitility.await;

import dev.accesstier.keycloak.credential.Totp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An authenticator app with one secret. There is one for each secret in a run, since the server
 * takes a code once, whichever test brings it.
 */
public final class AuthenticatorApp {

  private static final Map<String, AuthenticatorApp> ALL = new ConcurrentHashMap<>();
  private static final Duration LIMIT = Totp.PERIOD.multipliedBy(2);

  /** So much of a step must be left for a test that counts on the step it is in. */
  private static final long ROOM_SECONDS = 10;

  private final Totp totp;
  private long used;

  private AuthenticatorApp(Totp totp) {
    this.totp = totp;
  }

  public static AuthenticatorApp of(String secret) {
    return ALL.computeIfAbsent(secret, text -> new AuthenticatorApp(Totp.of(text)));
  }

  /** A code that is right and was not given before; it may be that of the next step. */
  public synchronized String code() {
    await().atMost(LIMIT).until(() -> used <= now());
    used = Math.max(used + 1, now());
    return totp.code(used);
  }

  /** The code so many steps from now, at a moment when the step lasts a while longer. */
  public String code(int steps) {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                Instant.now().getEpochSecond() % Totp.PERIOD.toSeconds()
                    < Totp.PERIOD.toSeconds() - ROOM_SECONDS);
    return totp.code(now() + steps);
  }

  /** One that is right at no time near. */
  public String wrongCode() {
    for (int steps = 10; ; steps++) {
      String code = totp.code(now() + steps);
      if (totp.matchingStep(code, Instant.now()).isEmpty()) {
        return code;
      }
    }
  }

  private static long now() {
    return Totp.step(Instant.now());
  }
}

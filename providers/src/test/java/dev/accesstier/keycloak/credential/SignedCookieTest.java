// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedCookieTest {

  private final JsonNode known = known();
  private final String secret = known.get("BETTER_AUTH_SECRET").asText();
  private final String token = known.at("/session/token").asText();
  private final String cookie = known.at("/session/cookie/mana.session_token").asText();

  private static JsonNode known() {
    try (InputStream json = SignedCookieTest.class.getResourceAsStream("/better-auth/known.json")) {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCookieOfBetterAuthGivesItsToken() {
    assertThat(SignedCookie.value(cookie, secret)).contains(token);
    assertThat(SignedCookie.value(known.at("/session/cookieDecoded").asText(), secret))
        .contains(token);
  }

  @Test
  void anotherSecretOrAnotherTokenGivesNothing() {
    assertThat(SignedCookie.value(cookie, secret + "x")).isEmpty();
    assertThat(SignedCookie.value(cookie, "")).isEmpty();
    assertThat(SignedCookie.value("x" + cookie, secret)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a", "a.", ".a", "a.b", "%", "a.%ZZ", "a.====", "\u0000.AAAA"})
  void nonsenseGivesNothing(String nonsense) {
    assertThat(SignedCookie.value(nonsense, secret)).isEmpty();
  }
}

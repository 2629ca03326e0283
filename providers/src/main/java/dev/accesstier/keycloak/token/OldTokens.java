// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.token;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.schema.AuthTokens;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * The old service's tokens in the databases of a realm.
 *
 * <p>Every method throws {@link TemporarilyUnavailableException} when a database cannot be used.
 */
public final class OldTokens {

  /** Detail of every event about one of them. */
  static final String EVENT_DETAIL = "legacy_token";

  /** Better Auth makes 32 letters; an owner's own function may make something else. No JWT. */
  private static final Pattern OPAQUE = Pattern.compile("[A-Za-z0-9_-]{16,255}");

  private final KeycloakSession session;
  private final RealmModel realm;

  public OldTokens(KeycloakSession session, RealmModel realm) {
    this.session = session;
    this.realm = realm;
  }

  /** The access token, if it is one of them that has not expired. */
  public Optional<OldToken> accessToken(@Nullable String token) {
    return find(token, AuthTokens::ofAccessToken);
  }

  /** Likewise, for a refresh token. */
  Optional<OldToken> refreshToken(@Nullable String token) {
    return find(token, AuthTokens::ofRefreshToken);
  }

  private Optional<OldToken> find(
      @Nullable String token, BiFunction<AuthTokens, String, Optional<AuthTokens.Row>> look) {
    if (!isOpaque(token)) {
      return Optional.empty();
    }
    String opaque = String.valueOf(token);
    return TemporarilyUnavailableException.unless(
        session,
        () ->
            components()
                .flatMap(
                    component ->
                        look.apply(new AuthTokens(component.database()), opaque).stream()
                            .map(row -> new OldToken(component, row)))
                .findFirst());
  }

  /** Takes a refresh token away; whether it was still there. */
  boolean use(OldToken token, String refreshToken) {
    return TemporarilyUnavailableException.unless(
        session, () -> new AuthTokens(token.component().database()).use(token.row(), refreshToken));
  }

  /** Takes both tokens of a row away, by either, if they are that client's; whether they were. */
  boolean revoke(@Nullable String token, String clientId) {
    return isOpaque(token)
        && TemporarilyUnavailableException.unless(
            session,
            () ->
                components()
                    .anyMatch(
                        component ->
                            new AuthTokens(component.database())
                                .revoke(String.valueOf(token), clientId)));
  }

  private Stream<AuthComponent> components() {
    return AuthComponents.enabledIn(session, realm).filter(AuthComponent::legacyTokens);
  }

  private static boolean isOpaque(@Nullable String token) {
    return token != null && OPAQUE.matcher(token).matches();
  }
}

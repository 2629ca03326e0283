// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.events.EventType;

/** A way to a token, with the event that a refusal on it is reported as. */
enum RefusalPoint {
  BROWSER("", EventType.LOGIN),
  CODE(OAuth2Constants.AUTHORIZATION_CODE, EventType.CODE_TO_TOKEN),
  REFRESH(OAuth2Constants.REFRESH_TOKEN, EventType.REFRESH_TOKEN),
  PASSWORD(OAuth2Constants.PASSWORD, EventType.LOGIN),
  DEVICE(OAuth2Constants.DEVICE_CODE_GRANT_TYPE, EventType.OAUTH2_DEVICE_CODE_TO_TOKEN),
  CIBA(OAuth2Constants.CIBA_GRANT_TYPE, EventType.AUTHREQID_TO_TOKEN),
  JWT_BEARER(OAuth2Constants.JWT_AUTHORIZATION_GRANT, EventType.JWT_AUTHORIZATION_GRANT),
  TOKEN_EXCHANGE(OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE, EventType.TOKEN_EXCHANGE),
  UMA(OAuth2Constants.UMA_GRANT_TYPE, EventType.PERMISSION_TOKEN),
  PRE_AUTHORIZED_CODE(
      "urn:ietf:params:oauth:grant-type:pre-authorized_code",
      EventType.VERIFIABLE_CREDENTIAL_PRE_AUTHORIZED_GRANT),
  MATRIX_USER("urn:accesstier:grant-type:matrix-user", EventType.OAUTH2_EXTENSION_GRANT),
  /** A grant that another extension adds. */
  OTHER_GRANT("", EventType.LOGIN),
  INTROSPECTION("", EventType.INTROSPECT_TOKEN),
  USERINFO("", EventType.USER_INFO_REQUEST);

  private final String grantType;
  private final EventType event;

  RefusalPoint(String grantType, EventType event) {
    this.grantType = grantType;
    this.event = event;
  }

  /** The way of a request that names that grant type; without one it came from a browser. */
  static RefusalPoint ofGrant(@Nullable String grantType) {
    if (grantType == null || grantType.isEmpty()) {
      return BROWSER;
    }
    return Arrays.stream(values())
        .filter(way -> way.grantType.equals(grantType))
        .findFirst()
        .orElse(OTHER_GRANT);
  }

  EventType event() {
    return event;
  }

  /** Value of the counter's tag. */
  String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriBuilder;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.keycloak.http.FormPartValue;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;

/**
 * Stands in for a request where there is none. Keycloak asks the request for the server's address
 * when it tells apps of a logout, unless option {@code hostname} says it.
 */
@SuppressWarnings("NullAway") // Keycloak's interface gives what is not there as null.
final class BackgroundRequest implements HttpRequest {

  private static final URI UNKNOWN = URI.create("http://localhost:8080/");

  private final UriInfo address;

  private BackgroundRequest(URI base) {
    this.address =
        (UriInfo)
            Proxy.newProxyInstance(
                UriInfo.class.getClassLoader(),
                new Class<?>[] {UriInfo.class},
                (proxy, method, arguments) -> {
                  if (method.getReturnType() == URI.class) {
                    return base;
                  }
                  if (method.getReturnType() == UriBuilder.class) {
                    return UriBuilder.fromUri(base);
                  }
                  throw new UnsupportedOperationException(method.getName());
                });
  }

  /** Takes the address at which the sessions began. */
  static void begin(KeycloakSession session, Collection<UserSessionModel> sessions) {
    URI base =
        sessions.stream()
            .flatMap(one -> one.getAuthenticatedClientSessions().values().stream())
            .map(app -> app.getNote(OIDCLoginProtocol.ISSUER))
            .filter(Objects::nonNull)
            .map(issuer -> URI.create(issuer.substring(0, issuer.lastIndexOf("/realms/") + 1)))
            .findFirst()
            .orElse(UNKNOWN);
    session.getContext().setHttpRequest(new BackgroundRequest(base));
  }

  @Override
  public String getHttpMethod() {
    return "POST";
  }

  @Override
  public MultivaluedMap<String, String> getDecodedFormParameters() {
    return new MultivaluedHashMap<>();
  }

  @Override
  public MultivaluedMap<String, FormPartValue> getMultiPartFormParameters() {
    return new MultivaluedHashMap<>();
  }

  @Override
  public @Nullable HttpHeaders getHttpHeaders() {
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getClientCertificateChain() {
    return null;
  }

  @Override
  public UriInfo getUri() {
    return address;
  }

  @Override
  public boolean isProxyTrusted() {
    return true;
  }
}

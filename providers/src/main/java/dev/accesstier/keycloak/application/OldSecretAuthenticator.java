// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.ClientAuthenticationFlowContext;
import org.keycloak.authentication.FlowStatus;
import org.keycloak.authentication.authenticators.client.ClientIdAndSecretAuthenticator;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oidc.OIDCClientSecretConfigWrapper;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.util.BasicAuthHelper;

/**
 * Keycloak's {@code client-secret}, which also takes the secret that an imported app has from the
 * old service, of which only the hash is known. It is Keycloak's own under the same id, so that no
 * flow has to name it: without this extension a flow that did would let no client in.
 */
public final class OldSecretAuthenticator extends ClientIdAndSecretAuthenticator {

  @Override
  public int order() {
    return 100;
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    factory.register(
        event -> {
          if (event instanceof ClientModel.ClientUpdatedEvent saved) {
            new ImportedClient(saved.getUpdatedClient()).keepHashWithSecret();
          }
        });
  }

  @Override
  public void authenticateClient(ClientAuthenticationFlowContext context) {
    super.authenticateClient(context);
    ClientModel client = context.getClient();
    if (client != null
        && context.getStatus() == FlowStatus.FAILED
        && context.getError() == AuthenticationFlowError.INVALID_CLIENT_CREDENTIALS
        && client.getAttribute(ImportedClient.SECRET_HASH) != null
        && isOldSecret(client, Sent.in(context.getHttpRequest()))) {
      context.success();
    }
  }

  private static boolean isOldSecret(ClientModel client, @Nullable Sent sent) {
    OIDCClientSecretConfigWrapper settings = OIDCClientSecretConfigWrapper.fromClientModel(client);
    String method = settings.getClientSecretAuthenticationAllowedMethod();
    return sent != null
        && (method == null || method.isBlank() || method.equals(sent.method()))
        && !settings.isClientSecretExpired()
        && new ImportedClient(client).accepts(sent.secret());
  }

  /** The secret of a request, where Keycloak looks for it as well. */
  private record Sent(String secret, String method) {

    static @Nullable Sent in(HttpRequest request) {
      HttpHeaders headers = request.getHttpHeaders();
      MediaType type = headers.getMediaType();
      if (type != null && type.isCompatible(MediaType.APPLICATION_FORM_URLENCODED_TYPE)) {
        MultivaluedMap<String, String> form = request.getDecodedFormParameters();
        String secret = form.getFirst(OAuth2Constants.CLIENT_SECRET);
        if (secret != null) {
          return new Sent(secret, OIDCLoginProtocol.CLIENT_SECRET_POST);
        }
      }
      String header = headers.getRequestHeaders().getFirst(HttpHeaders.AUTHORIZATION);
      String[] both = header == null ? null : BasicAuthHelper.RFC6749.parseHeader(header);
      return both == null ? null : new Sent(both[1], OIDCLoginProtocol.CLIENT_SECRET_BASIC);
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
      return method;
    }
  }
}

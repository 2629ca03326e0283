// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.accesstier.keycloak.tier.TierGate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.keycloak.authorization.AuthorizationProvider;
import org.keycloak.authorization.model.Resource;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.AccessToken.Authorization;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.idm.authorization.Permission;

/**
 * Knows what of a token belongs to apps that its user may not enter. A role, a mapper or a
 * permission may name a closed app in the token of an open one: the open app keeps its token, and
 * the closed one is not in it.
 */
final class ClosedApps {

  private final KeycloakSession session;
  private final RealmModel realm;
  private final UserModel user;
  private final TierGate gate;
  private final Map<String, Boolean> closed = new HashMap<>();

  private ClosedApps(KeycloakSession session, UserModel user) {
    this.session = session;
    this.realm = session.getContext().getRealm();
    this.user = user;
    this.gate = new TierGate(session);
  }

  /** Those of the current realm that are closed to the user. */
  static ClosedApps of(KeycloakSession session, UserModel user) {
    return new ClosedApps(session, user);
  }

  /** Whether that is the client id of one of them. */
  boolean include(String clientId) {
    return closed.computeIfAbsent(
        clientId,
        id -> {
          ClientModel client = realm.getClientByClientId(id);
          return client != null && gate.refusal(realm, client, user).isPresent();
        });
  }

  void leaveOutOf(TokenPostProcessorContext context) {
    Stream.of(context.accessToken(), context.refreshToken())
        .filter(Objects::nonNull)
        .forEach(this::leaveOutOf);
  }

  void leaveOutOf(AccessToken token) {
    leaveOutOfAudience(token);
    leaveOutOfRoles(token);
    Authorization authorization = token.getAuthorization();
    if (authorization != null && authorization.getPermissions() != null) {
      token.setAuthorization(open(authorization, token));
    }
  }

  void leaveOutOfAudience(IDToken token) {
    String[] audience = token.getAudience();
    if (audience != null && Arrays.stream(audience).anyMatch(this::include)) {
      String[] open = Arrays.stream(audience).filter(name -> !include(name)).toArray(String[]::new);
      token.audience(open.length == 0 ? null : open);
    }
  }

  /** An ID token has no field for them, and a mapper may put them beside an access token's. */
  void leaveOutOfRoles(IDToken token) {
    if (token instanceof AccessToken access && containsClosed(access.getResourceAccess())) {
      Map<String, AccessToken.Access> open = new HashMap<>(access.getResourceAccess());
      open.keySet().removeIf(this::include);
      access.setResourceAccess(open);
    }
    Object beside = token.getOtherClaims().get(AccessToken.RESOURCE_ACCESS);
    if (beside instanceof Map<?, ?> roles && containsClosed(roles)) {
      Map<Object, Object> open = new HashMap<>(roles);
      open.keySet().removeIf(name -> include(String.valueOf(name)));
      token.getOtherClaims().put(AccessToken.RESOURCE_ACCESS, open);
    } else if (beside instanceof ObjectNode roles) {
      ObjectNode open = roles.deepCopy();
      open.remove(
          roles.properties().stream().map(Map.Entry::getKey).filter(this::include).toList());
      token.getOtherClaims().put(AccessToken.RESOURCE_ACCESS, open);
    }
  }

  private boolean containsClosed(Map<?, ?> byClient) {
    return byClient.keySet().stream().anyMatch(name -> include(String.valueOf(name)));
  }

  /** A new one: access and refresh token share the old. */
  private Authorization open(Authorization authorization, AccessToken token) {
    List<Permission> open =
        authorization.getPermissions().stream()
            .filter(permission -> isOpen(permission, token))
            .toList();
    Authorization left = new Authorization();
    left.setPermissions(open);
    return left;
  }

  /**
   * By the resource server that has the resource. A permission for scopes alone does not tell whose
   * it is: it counts only beside a resource server that the token is still meant for.
   */
  private boolean isOpen(Permission permission, AccessToken token) {
    AuthorizationProvider authorization = session.getProvider(AuthorizationProvider.class);
    if (authorization == null) {
      return false;
    }
    Resource resource =
        authorization
            .getStoreFactory()
            .getResourceStore()
            .findById(null, permission.getResourceId());
    if (resource != null) {
      ClientModel owner = realm.getClientById(resource.getResourceServer().getClientId());
      return owner != null && !include(owner.getClientId());
    }
    return permission.getResourceId() == null
        && audiences(token).anyMatch(name -> isResourceServer(authorization, name));
  }

  private static Stream<String> audiences(AccessToken token) {
    return token.getAudience() == null ? Stream.empty() : Arrays.stream(token.getAudience());
  }

  private boolean isResourceServer(AuthorizationProvider authorization, String clientId) {
    ClientModel client = realm.getClientByClientId(clientId);
    return client != null
        && authorization.getStoreFactory().getResourceServerStore().findByClient(client) != null;
  }
}

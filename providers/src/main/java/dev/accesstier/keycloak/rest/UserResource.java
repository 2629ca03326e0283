package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.login.MailedLinks;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;

/** What people reach without being admins. */
public final class UserResource {

  private final KeycloakSession session;

  UserResource(KeycloakSession session) {
    this.session = session;
  }

  /** A link to a new password that Better Auth mailed. */
  @GET
  @Path("reset-password/{token}")
  public Response resetPassword(
      @PathParam("token") String token, @QueryParam("callbackURL") @Nullable String callbackUrl) {
    return new MailedLinks(session).resetPassword(token, callbackUrl);
  }

  /** A link that signs in, mailed by Better Auth. */
  @GET
  @Path("magic-link")
  public Response magicLink(
      @QueryParam("token") @Nullable String token,
      @QueryParam("callbackURL") @Nullable String callbackUrl) {
    return new MailedLinks(session).magicLink(token, callbackUrl);
  }
}

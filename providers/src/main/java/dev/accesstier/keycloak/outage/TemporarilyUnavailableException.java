// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.outage;

import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.OAuth2ErrorRepresentation;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.cors.Cors;
import org.keycloak.utils.MediaTypeMatcher;

/**
 * The store of users cannot be read right now. It ends the request with status 503: a page that
 * says so where a browser asked, {@code {"error":"temporarily_unavailable"}} elsewhere.
 *
 * <p>It is no {@code StorageUnavailableException} on purpose: Keycloak turns that one into "no such
 * user" on a look-up by name or email, and a login during an outage would answer "wrong password"
 * and count towards a brute-force lock.
 *
 * <p>It is a {@code CorsErrorResponseException} because that is the one exception that every grant
 * lets through: the UMA grant turns any other into status 500, the JWT bearer grant into {@code
 * invalid_grant}.
 */
public final class TemporarilyUnavailableException extends CorsErrorResponseException {

  private static final long serialVersionUID = 1L;

  /** OAuth error code, RFC 6749 section 4.1.2.1. */
  public static final String ERROR = "temporarily_unavailable";

  /** Message key of the page's sentence; Keycloak shows the key's own text where none is given. */
  public static final String MESSAGE_KEY = "accessTierTemporarilyUnavailable";

  /** What callers are told; it names nothing of the database. */
  public static final String DESCRIPTION =
      "The service cannot be reached at the moment. Please try again shortly.";

  private static final Pattern FOR_PROGRAMS =
      Pattern.compile("/?admin/.*|.*/protocol/openid-connect/(token|userinfo|revoke|ext)(/.*)?");

  /** Where the admin API updates a user. */
  private static final Pattern ONE_USER = Pattern.compile("/?admin/realms/[^/]+/users/[^/]+");

  private final transient @Nullable KeycloakSession session;
  private final Throwable cause;

  /**
   * The exception that ends this request. It is {@link #ofAnUpdate()} where an admin updates a
   * user.
   */
  public static WebApplicationException ending(KeycloakSession session, Throwable cause) {
    return updatesUser(session.getContext())
        ? ofAnUpdate()
        : new TemporarilyUnavailableException(session, cause);
  }

  /**
   * The same answer by the one exception that Keycloak's "update user" lets through: it takes any
   * other for a mistake in the request, answers 400 and logs the stack.
   */
  public static ErrorResponseException ofAnUpdate() {
    return new ErrorResponseException(ERROR, DESCRIPTION, Status.SERVICE_UNAVAILABLE);
  }

  /**
   * What the work gives.
   *
   * @throws TemporarilyUnavailableException when the database cannot be used
   */
  public static <T> T unless(KeycloakSession session, Supplier<T> work) {
    try {
      return work.get();
    } catch (AuthDatabaseException e) {
      throw new TemporarilyUnavailableException(session, e);
    }
  }

  /** Likewise, with the exception of {@link #ending}. */
  public static <T> T endingUnless(KeycloakSession session, Supplier<T> work) {
    try {
      return work.get();
    } catch (AuthDatabaseException e) {
      throw ending(session, e);
    }
  }

  public TemporarilyUnavailableException(KeycloakSession session, Throwable cause) {
    super(null, ERROR, DESCRIPTION, Status.SERVICE_UNAVAILABLE);
    this.session = session;
    this.cause = cause;
  }

  /** Kept here: the exception it extends takes none, and forbids to set one later. */
  @Override
  public Throwable getCause() {
    return cause;
  }

  /**
   * Asked for by the server alone, when the exception has ended the request. That also undoes what
   * the request did so far, as Keycloak does on every other error. It is not done where the
   * exception is thrown: a login that catches it goes on, and must not be undone.
   */
  @Override
  public Response getResponse() {
    KeycloakSession current = session;
    if (current == null) {
      return json().build();
    }
    current.getTransactionManager().setRollbackOnly();
    if (isForAPerson(current.getContext())) {
      return current
          .getProvider(LoginFormsProvider.class)
          .setError(MESSAGE_KEY)
          .createErrorPage(Status.SERVICE_UNAVAILABLE);
    }
    return current
        .getProvider(Cors.class)
        .auth()
        .checkAllowedOrigins(current, current.getContext().getClient())
        .add(json());
  }

  /** Not by {@code Accept} alone: Java's own HTTP client asks a token endpoint for HTML as well. */
  private static boolean isForAPerson(KeycloakContext context) {
    return MediaTypeMatcher.isHtmlRequest(context.getHttpRequest().getHttpHeaders())
        && !FOR_PROGRAMS.matcher(context.getUri().getPath()).matches();
  }

  private static boolean updatesUser(KeycloakContext context) {
    try {
      return ONE_USER.matcher(context.getUri().getPath()).matches();
    } catch (ContextNotActiveException e) {
      // a thread of Keycloak's own, without a request
      return false;
    }
  }

  private static Response.ResponseBuilder json() {
    return Response.status(Status.SERVICE_UNAVAILABLE)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(new OAuth2ErrorRepresentation(ERROR, DESCRIPTION));
  }
}

package dev.accesstier.keycloak.schema;

/**
 * The schema forbids a change: an email that is taken, a row that is gone. Nothing was written. The
 * message names the constraint and no value.
 */
public final class AuthConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String constraint;

  AuthConflictException(String constraint, Throwable cause) {
    super("The auth schema forbids the change: constraint " + constraint, cause);
    this.constraint = constraint;
  }

  /** The constraint's name, as {@code users_email_unique}; its SQLSTATE where it has none. */
  public String constraint() {
    return constraint;
  }
}

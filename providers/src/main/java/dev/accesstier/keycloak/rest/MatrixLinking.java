// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.matrix.MatrixLinks;
import dev.accesstier.keycloak.schema.AuthMatrixLinks.Made;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response.Status;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.services.ErrorResponse;

/** Changes a person's Matrix links, every refusal being an answer. */
public record MatrixLinking(MatrixLinks.Keeper keeper) {

  /** Status 404 for users who can have no links, 405 where these are read-only. */
  public static MatrixLinking of(KeycloakSession session, UserModel user) {
    MatrixLinks.Keeper keeper =
        new MatrixLinks(session)
            .keeper(user)
            .orElseThrow(() -> new NotFoundException("This user can have no links"));
    if (!keeper.isWritable()) {
      throw Json.readOnly("Links are read-only here");
    }
    return new MatrixLinking(keeper);
  }

  /** Status 409 where the account is somebody else's. */
  public Made put(String matrixUserId) {
    Made made = keeper.put(matrixUserId).orElseThrow(() -> new NotFoundException("User not found"));
    if (!keeper.owns(made.link())) {
      throw ErrorResponse.error("This Matrix account is linked to somebody else", Status.CONFLICT);
    }
    return made;
  }

  /** Status 404 where the person has no such link. */
  public void remove(String matrixUserId) {
    if (!keeper.remove(matrixUserId)) {
      throw new NotFoundException("This person has no such link");
    }
  }
}

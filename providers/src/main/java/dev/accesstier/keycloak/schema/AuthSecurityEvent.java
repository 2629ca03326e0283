// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row to be of {@code security_events}.
 *
 * @param userId null where nobody of that name exists
 * @param type in the vocabulary of the service, as {@code LOGIN_SUCCESS}
 * @param ipAddress null where there was no request
 * @param userAgent null where the client named none
 * @param metadata a JSON object
 */
public record AuthSecurityEvent(
    @Nullable String userId,
    String type,
    @Nullable String ipAddress,
    @Nullable String userAgent,
    String metadata,
    Instant createdAt) {}

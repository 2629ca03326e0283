// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.UserRepresentation;

/** A local and a federated user, changed through one node and read through the other. */
final class CachedUsers implements AutoCloseable {

  private static final String ATTRIBUTE = "note";

  private final SampleRealm one;
  private final SampleRealm other;
  private final String local;
  private final String federated;
  private final String value = UUID.randomUUID().toString();

  CachedUsers(Compose compose, List<String> nodes) {
    one = new SampleRealm(compose.nodeUrl(nodes.get(0)));
    other = new SampleRealm(compose.nodeUrl(nodes.get(1)));
    local = create(value + "@local.test");
    federated =
        one.realm().users().searchByEmail(SampleRealm.email("beta-user"), true).get(0).getId();
  }

  private String create(String email) {
    UserRepresentation user = new UserRepresentation();
    user.setEmail(email);
    user.setFirstName("Old");
    user.setEnabled(true);
    try (Response created = one.realm().users().create(user)) {
      return CreatedResponseUtil.getCreatedId(created);
    }
  }

  /** Reads both twice: what is read again comes from the cache. */
  void cacheOnTheOther() {
    for (int i = 0; i < 2; i++) {
      if (isRenamedOnTheOther() || isAnnotatedOnTheOther()) {
        throw new AssertionError("changed too early");
      }
    }
  }

  void rename() {
    UserResource user = one.realm().users().get(local);
    UserRepresentation changed = user.toRepresentation();
    changed.setFirstName("New");
    user.update(changed);
  }

  boolean isRenamedOnTheOther() {
    return "New".equals(other.realm().users().get(local).toRepresentation().getFirstName());
  }

  void annotateFederated() {
    UserResource user = one.realm().users().get(federated);
    UserRepresentation changed = user.toRepresentation();
    changed.setAttributes(Map.of(ATTRIBUTE, List.of(value)));
    user.update(changed);
  }

  boolean isAnnotatedOnTheOther() {
    Map<String, List<String>> attributes =
        other.realm().users().get(federated).toRepresentation().getAttributes();
    return attributes != null && List.of(value).equals(attributes.get(ATTRIBUTE));
  }

  @Override
  public void close() {
    one.realm().users().get(local).remove();
    one.close();
    other.close();
  }
}

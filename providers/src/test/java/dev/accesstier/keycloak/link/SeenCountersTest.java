// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.keycloak.credential.CredentialModel;

class SeenCountersTest {

  private final Map<String, CredentialModel> stored = new LinkedHashMap<>();
  private final SeenCounters counters =
      new SeenCounters(
          () -> stored.values().stream(),
          created -> {
            created.setId("generated-" + stored.size());
            stored.put(created.getId(), created);
          },
          updated -> stored.put(updated.getId(), updated),
          stored::remove);

  @Test
  void theCredentialHasAnIdOfItsOwn() {
    counters.note("passkey", 3);
    counters.note("passkey", 4);
    counters.note("another-with-an-id-that-is-longer-than-a-column-of-keycloaks", 9);

    assertThat(stored).containsOnlyKeys("generated-0", "generated-1");
    assertThat(counters.all())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "passkey", 4L, "another-with-an-id-that-is-longer-than-a-column-of-keycloaks", 9L));
  }

  @Test
  void oneOfAVersionBeforeIsReadAndGoesOnInItsPlace() {
    CredentialModel before = new CredentialModel();
    before.setId("passkey");
    before.setType(SeenCounters.TYPE);
    before.setCredentialData("7");
    before.setSecretData("{}");
    stored.put("passkey", before);

    assertThat(counters.all()).containsExactly(Map.entry("passkey", 7L));

    counters.note("passkey", 8);

    assertThat(stored).containsOnlyKeys("passkey");
    assertThat(counters.all()).containsExactly(Map.entry("passkey", 8L));
  }

  @Test
  void itGoesWithThePasskey() {
    counters.note("passkey", 3);
    counters.note("another", 4);

    counters.forget("passkey");

    assertThat(counters.all()).containsOnlyKeys("another");
  }
}

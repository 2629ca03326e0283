// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Many admins at once: the last one wins, and the trail tells how it came to that. */
@TestInstance(Lifecycle.PER_CLASS)
final class ConcurrentChangeIT {

  private static final int ADMINS = 20;
  private static final int CHANGES = 5;
  private static final List<String> TIERS = List.of("guest", "public", "beta", "alpha", "founder");

  private final TierRealm realm = new TierRealm();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void trailAndColumnAgreeForAFederatedUser() throws Exception {
    String id = realm.federated("wanted@example.test", "public");
    int done = changeAtOnce(id);
    assertThat(assertChain(id)).isEqualTo(realm.column(id));
    assertThat(done).as("answered").isEqualTo(ADMINS * CHANGES);
  }

  @Test
  void trailAndAttributeAgreeForALocalUser() throws Exception {
    String id = realm.local("wanted-local@example.test");
    int done = changeAtOnce(id);
    assertThat(realm.user(id).toRepresentation().getAttributes())
        .containsEntry("access_tier", List.of(assertChain(id)));
    assertThat(done).as("answered").isEqualTo(ADMINS * CHANGES);
  }

  /** How many were answered with 200; the others changed nothing. */
  private int changeAtOnce(String id) throws Exception {
    Api api = realm.asMaster();
    api.get("status").json(200);
    ExecutorService admins = Executors.newFixedThreadPool(ADMINS);
    List<Callable<Integer>> work = new ArrayList<>();
    for (int admin = 0; admin < ADMINS; admin++) {
      int first = admin;
      work.add(
          () -> {
            int done = 0;
            for (int i = 0; i < CHANGES; i++) {
              String tier = TIERS.get((first + i) % TIERS.size());
              Api.Answer answer = api.put("users/" + id + "/tier", "{\"tier\":\"" + tier + "\"}");
              if (answer.status() == 200) {
                done++;
              } else {
                assertThat(answer.status()).as(answer.text()).isEqualTo(503);
              }
            }
            return done;
          });
    }
    int done = 0;
    try {
      for (Future<Integer> one : admins.invokeAll(work)) {
        done += one.get();
      }
    } finally {
      admins.shutdown();
    }
    return done;
  }

  /** Each entry begins where the one before it ended; gives where the last one ended. */
  private String assertChain(String id) {
    JsonNode trail = realm.asMaster().get("users/" + id + "/tier/history?max=1000").json(200);
    String before = "public";
    for (int i = trail.size() - 1; i >= 0; i--) {
      assertThat(trail.get(i).get("from").asText()).as("entry " + i).isEqualTo(before);
      assertThat(trail.get(i).get("to").asText()).isNotEqualTo(before);
      before = trail.get(i).get("to").asText();
    }
    assertThat(trail).isNotEmpty();
    return before;
  }
}

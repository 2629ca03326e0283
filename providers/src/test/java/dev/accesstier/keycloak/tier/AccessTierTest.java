// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTierTest {

  @ParameterizedTest
  @CsvSource({"guest,0", "public,1", "beta,2", "alpha,3", "founder,4"})
  void everyTierHasItsLevel(String value, int level) {
    assertThat(AccessTier.parse(value).orElseThrow().level()).isEqualTo(level);
  }

  @Test
  void aTierReachesItselfAndAllBelow() {
    for (AccessTier user : AccessTier.values()) {
      for (AccessTier required : AccessTier.values()) {
        assertThat(user.reaches(required)).isEqualTo(user.level() >= required.level());
      }
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "Founder", "FOUNDER", " founder", "vip"})
  void onlyTheExactNameIsATier(String value) {
    assertThat(AccessTier.parse(value)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {"null,PUBLIC", "'',PUBLIC", "vip,GUEST", "beta,BETA"})
  void aUserWithoutTierIsPublicAndOneWithAnUnknownTierIsGuest(String stored, AccessTier tier) {
    assertThat(AccessTier.ofUser(stored)).isEqualTo(tier);
  }
}

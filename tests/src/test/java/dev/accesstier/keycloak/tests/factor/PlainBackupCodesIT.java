// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Browser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A service whose option {@code storeBackupCodes} is {@code "plain"}. */
@TestInstance(Lifecycle.PER_CLASS)
final class PlainBackupCodesIT {

  private static final String THREE = "[\"abcde-FGHIJ\",\"80hCk-eELQw\",\"YY08W-EOgGH\"]";

  private FactorRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = FactorRealm.create("plain_backup_codes", Map.of("editMode", "WRITABLE"), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void areUsedUpAndStayPlain() {
    SampleUser user = enrolled();

    assertThat(realm.grant(user, "80hCk-eELQx").getStatusCode()).isEqualTo(400);
    assertThat(realm.grant(user, "80hCk-eELQw").getStatusCode()).isEqualTo(200);
    assertThat(realm.grant(user, "80hCk-eELQw").getStatusCode()).isEqualTo(400);

    assertThat(realm.rows.of(user.id()).codes()).isEqualTo("[\"abcde-FGHIJ\",\"YY08W-EOgGH\"]");
  }

  @Test
  void whoSetsUpAnAppGetsThemPlainAsOthersHaveThem() {
    enrolled();
    SampleUser user = realm.user();
    realm.require(user, FactorRealm.CONFIGURE);
    Browser browser = realm.browser();

    EnrolmentIT.setUp(browser, realm.afterPassword(browser, user));

    TwoFactorRows.Row row = realm.rows.of(user.id());
    assertThat(row.codes()).matches("\\[(\"[a-zA-Z0-9]{5}-[a-zA-Z0-9]{5}\",?){10}]");
    assertThat(row.secret()).matches("[0-9a-f]+");
    String code = List.of(String.valueOf(row.codes()).split("\"")).get(1);
    assertThat(realm.grant(user, code).getStatusCode()).isEqualTo(200);
  }

  private SampleUser enrolled() {
    return realm.userWith(TwoFactorRows.CIPHER.encrypt(SampleUser.newId()), THREE);
  }
}

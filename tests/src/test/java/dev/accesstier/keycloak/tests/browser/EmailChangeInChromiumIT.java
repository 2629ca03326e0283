// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.MailDrop;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People change their address in the account console, in the realm as it is shipped. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
final class EmailChangeInChromiumIT {

  private static final String DATABASE = "email_change";

  @RegisterExtension final Chromium chromium = new Chromium();

  private final ManaRealm realm = new ManaRealm();
  private final MailDrop mail = new MailDrop();

  @BeforeAll
  void useATableOfItsOwn() {
    Fixture.load(TestServer.shared().postgres().createDatabase(DATABASE));
    realm.write(DATABASE);
    mail.receiveFrom(realm.realm());
  }

  @AfterAll
  void removeRealm() throws IOException {
    mail.close();
    realm.close();
  }

  @Test
  void aNewAddressIsProvenBeforeItIsWritten() throws InterruptedException, SQLException {
    Fixture.User user = Fixture.known().user("beta-user");
    Page page = chromium.page("en");
    page.navigate(realm.signIn("portal") + "&kc_action=UPDATE_EMAIL");
    Chromium.signIn(page, user.email(), user.knownPassword());
    page.fill("#email", "beta-new@example.test");
    page.locator("[type=submit]").first().click();
    assertThat(page.getByText("A confirmation email has been sent to")).isVisible();
    assertThat(emailOf(user)).isEqualTo(user.email());

    Page proof = chromium.page("en");
    proof.navigate(mail.nextLink());
    assertThat(proof.getByText("has been successfully updated to beta-new@example.test"))
        .isVisible();
    assertThat(emailOf(user)).isEqualTo("beta-new@example.test");

    Page again = chromium.page("en");
    again.navigate(realm.signIn("portal"));
    Chromium.signIn(again, "beta-new@example.test", user.knownPassword());
    assertThat(again.getByText("An app")).isVisible();
  }

  @Test
  void anAddressOfSomebodyElseIsRefused() throws SQLException {
    Fixture.User user = Fixture.known().user("alpha-user");
    Page page = chromium.page("en");
    page.navigate(realm.signIn("portal") + "&kc_action=UPDATE_EMAIL");
    Chromium.signIn(page, user.email(), user.knownPassword());
    page.fill("#email", Fixture.known().user("founder-user").email());
    page.locator("[type=submit]").first().click();
    assertThat(page.getByText("already exists").first()).isVisible();
    assertThat(emailOf(user)).isEqualTo(user.email());
  }

  /** Nobody is sent a mail for what could not be written. */
  @Test
  void aSchemaThatIsOnlyReadKeepsItsAddresses() throws IOException {
    try (ManaRealm readOnly = new ManaRealm();
        MailDrop drop = new MailDrop()) {
      drop.receiveFrom(readOnly.realm());
      Fixture.User user = Fixture.known().user("alpha-user");
      Page page = chromium.page("en");
      page.navigate(readOnly.signIn("portal") + "&kc_action=UPDATE_EMAIL");
      Chromium.signIn(page, user.email(), user.knownPassword());
      assertThat(page.getByText("An app")).isVisible();
      assertThat(drop.isEmpty()).isTrue();
    }
  }

  private static String emailOf(Fixture.User user) throws SQLException {
    try (Connection connection = TestServer.shared().postgres().database(DATABASE).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select email from auth.users where id = '" + user.id() + "'")) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.accesstier.keycloak.component.OwnUrl.Place;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.postgresql.Driver;

class OwnUrlTest {

  private static final String CUSTOM = "jdbc:postgresql://db/app?sslmode=require&";

  @Test
  void everyHostIsAPlace() {
    assertThat(
            OwnUrl.parse("jdbc:postgresql://DB,b:5433,[::1]:1/my%20app?sslmode=require").places())
        .isEqualTo(
            Set.of(
                new Place("db", 5432, "my app"),
                new Place("b", 5433, "my app"),
                new Place("[::1]", 1, "my app")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db/app",
        "jdbc:postgresql://db:1/a%2Fpp?sslmode=verify-full&targetServerType=primary",
        "jdbc:postgresql://a:1,b,[::1]:2/app?ApplicationName=mine&prepareThreshold=0",
        "jdbc:postgresql://db/app?sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
      })
  void theDriverReadsTheSamePlaces(String url) {
    OwnUrl own = OwnUrl.parse(url);
    Properties read =
        Objects.requireNonNull(Driver.parseURL(own.withoutClientCertificate(), new Properties()));

    String[] hosts = read.getProperty("PGHOST").split(",");
    String[] ports = read.getProperty("PGPORT").split(",");
    assertThat(own.places()).hasSameSizeAs(hosts);
    for (int i = 0; i < hosts.length; i++) {
      assertThat(own.places())
          .contains(new Place(hosts[i], Integer.parseInt(ports[i]), read.getProperty("PGDBNAME")));
    }
    assertThat(read).containsEntry("sslcert", "").containsEntry("sslkey", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://db/app",
        "jdbc:postgresql:app",
        "jdbc:postgresql:///app",
        "jdbc:postgresql://db/",
        "jdbc:postgresql://db",
        "jdbc:postgresql://db/app/more",
        "jdbc:postgresql://db,/app",
        "jdbc:postgresql://user@db/app",
        "jdbc:postgresql://db:1:2/app",
        "jdbc:postgresql://::1/app",
        "jdbc:postgresql://db/app%zz",
        "jdbc:postgresql://db/app x",
      })
  void anotherFormIsRefused(String url) {
    assertThatThrownBy(() -> OwnUrl.parse(url))
        .isInstanceOf(ComponentValidationException.class)
        .hasMessageContaining("wrong form");
  }

  /** They load classes, read files, lead elsewhere, or take a limit away. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "socketFactory=x",
        "socketFactoryArg=x",
        "sslfactory=x",
        "sslfactory=org.postgresql.ssl.NonValidatingFactory",
        "sslhostnameverifier=x",
        "sslpasswordcallback=x",
        "authenticationPluginClassName=x",
        "xmlFactoryFactory=x",
        "connectExecutor=x",
        "sslcert=/x",
        "sslkey=/x",
        "sslrootcert=/dev/zero",
        "loggerFile=/x",
        "service=x",
        "host=x",
        "PGHOST=x",
        "port=1",
        "dbname=x",
        "user=x",
        "password=x",
        "options=-c%20statement_timeout=0",
        "%6fptions=x",
        "options",
        "socketTimeout=0",
        "connectTimeout=0",
        "logServerErrorDetail=true",
        "SSLMODE=disable",
      })
  void anArgumentThatIsNotKnownToBeHarmlessIsRefused(String argument) {
    assertThatThrownBy(() -> OwnUrl.parse(CUSTOM + argument + "&ssl=true"))
        .isInstanceOf(ComponentValidationException.class)
        .hasMessageContaining("only the server")
        .message()
        .doesNotContain("'", "{");
  }

  @ParameterizedTest
  @CsvSource({
    "db,true",
    "DB:5432,true",
    "db:5432/app,true",
    "'other, db',true",
    "db:5433,false",
    "db:5432/other,false",
    "other,false",
    "b,false",
  })
  void theServerMayNarrowThem(String option, boolean allowed) {
    AllowedPlaces places = AllowedPlaces.of(Map.of("allowedJdbcUrls", option)::get);
    OwnUrl url = OwnUrl.parse("jdbc:postgresql://db/app");
    if (allowed) {
      places.check(url);
    } else {
      assertRefused(places, url);
    }
    assertRefused(places, OwnUrl.parse("jdbc:postgresql://db,elsewhere/app"));
  }

  private static void assertRefused(AllowedPlaces places, OwnUrl url) {
    assertThatThrownBy(() -> places.check(url))
        .isInstanceOf(ComponentValidationException.class)
        .hasMessageContaining("allowed-jdbc-urls");
  }

  @Test
  void anOptionThatCannotBeReadAllowsNothing() {
    assertThatThrownBy(() -> AllowedPlaces.of(Map.of("allowedJdbcUrls", "db/app")::get))
        .isInstanceOf(ComponentValidationException.class)
        .hasMessageContaining("wrong form");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://a/app,jdbc:postgresql://a:5432/app?sslmode=require,true",
    "'jdbc:postgresql://a,b/app',jdbc:postgresql://b/app,true",
    "jdbc:postgresql://a/app,jdbc:postgresql://b/app,false",
    "jdbc:postgresql://a/app,jdbc:postgresql://a:1/app,false",
    "jdbc:postgresql://a/app,jdbc:postgresql://a/other,false",
    "jdbc:postgresql://a/app,'jdbc:postgresql://a,b/app',false",
    "'',jdbc:postgresql://a/app,false",
    "jdbc:postgresql:app,jdbc:postgresql://localhost/app,false",
    "jdbc:postgresql://a/app,'',true",
  })
  void aPasswordStaysWithItsDatabase(String before, String after, boolean same) {
    OwnConnection stored = connection(before, "s");
    connection(after, "new").checkPassword(stored);
    connection(after, "").checkPassword(stored);
    if (same) {
      connection(after, "s").checkPassword(stored);
    } else {
      assertThatThrownBy(() -> connection(after, "s").checkPassword(stored))
          .isInstanceOf(ComponentValidationException.class)
          .hasMessageContaining("another database");
    }
  }

  private static OwnConnection connection(String url, String password) {
    ComponentModel component = new ComponentModel();
    component.getConfig().putSingle("jdbcUrl", url);
    component.getConfig().putSingle("password", password);
    return new OwnConnection(component);
  }
}

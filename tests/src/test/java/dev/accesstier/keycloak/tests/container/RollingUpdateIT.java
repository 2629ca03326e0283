// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keycloak's own command says whether two versions of the JAR may run side by side. */
final class RollingUpdateIT {

  @Test
  void isOfferedWhileWhatNodesShareIsTheSame() throws IOException {
    Path home =
        KeycloakServer.createHome(
            TestServer.folder("rolling-update"),
            KeycloakOptions.defaults().provider(TestServer.jar()));
    Path metadata = home.resolve("metadata.json");
    Command compatibility =
        Command.of(home.resolve("bin/kc.sh").toString(), "update-compatibility")
            .variable("JAVA_HOME", System.getProperty("java.home"));

    compatibility.with("metadata", "--file=" + metadata).run();
    Command check = compatibility.with("check", "--file=" + metadata);

    assertThat(Files.readString(metadata)).contains("\"access-tier\":{\"shared-state\":\"2\"}");
    assertThat(check.run()).contains("[OK] Rolling Update is available");

    Files.writeString(
        metadata,
        Files.readString(metadata).replace("{\"shared-state\":\"2\"}", "{\"shared-state\":\"0\"}"));
    assertThatThrownBy(check::run)
        .hasMessageContaining("'access-tier.shared-state' is incompatible: 0 -> 2");
  }
}

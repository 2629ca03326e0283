// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The realm file, plus the clients of the sample apps and one that takes passwords, so that a token
 * is one command away. What is changed in Keycloak is written into the sample database, and mail
 * goes into the demo's own inbox.
 */
final class DemoRealm {

  static final String CLIENT = "demo-cli";

  /** The sample app that everybody may enter, and where it is below the demo's pages. */
  static final String OPEN = "demo-notes";

  /** The sample app that asks for a tier. */
  static final String GATED = "demo-chat";

  private static final String STORAGE =
      "/components/org.keycloak.storage.UserStorageProvider/0/config";

  private DemoRealm() {}

  /**
   * @param pages where the sample apps are
   */
  static Path write(Path realmFile, Path into, String pages, int smtpPort) {
    ObjectMapper mapper = new ObjectMapper();
    try {
      ObjectNode realm = (ObjectNode) mapper.readTree(realmFile.toFile());
      ((ObjectNode) realm.at(STORAGE)).putArray("editMode").add("WRITABLE");
      realm
          .putObject("smtpServer")
          .put("host", "127.0.0.1")
          .put("port", Integer.toString(smtpPort))
          .put("from", "demo@example.test")
          .put("fromDisplayName", "Demo");
      // The inbox holds a magic link, which a realm has to ask for.
      ((ObjectNode) realm.path("attributes")).put("access.tier.mailed-links", "all");
      ArrayNode clients = realm.withArrayProperty("clients");
      ObjectNode client = clients.addObject();
      client.put("clientId", CLIENT);
      client.put("name", "Demo command line");
      client.put("publicClient", true);
      client.put("directAccessGrantsEnabled", true);
      client.put("standardFlowEnabled", false);
      client.putObject("attributes").put("access.tier.archived", "true");
      client
          .putArray("defaultClientScopes")
          .add("basic")
          .add("profile")
          .add("email")
          .add("access-tier")
          .add("mana-claims");
      clients.add(SampleApp.client(OPEN, "Demo Notes", "Open to everyone", pages + "/" + OPEN));
      clients.add(
          SampleApp.client(GATED, "Demo Chat", "Not for everyone yet", pages + "/" + GATED));
      Files.createDirectories(into);
      Path file = into.resolve("mana-realm.json");
      mapper.writeValue(file.toFile(), realm);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + realmFile, e);
    }
  }
}

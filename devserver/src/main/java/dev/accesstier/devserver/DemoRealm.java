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
 * The realm file, plus one client that takes passwords, so that a token is one command away. What
 * is changed in Keycloak is written into the sample database.
 */
final class DemoRealm {

  static final String CLIENT = "demo-cli";

  private static final String STORAGE =
      "/components/org.keycloak.storage.UserStorageProvider/0/config";

  private DemoRealm() {}

  static Path write(Path realmFile, Path into) {
    ObjectMapper mapper = new ObjectMapper();
    try {
      ObjectNode realm = (ObjectNode) mapper.readTree(realmFile.toFile());
      ((ObjectNode) realm.at(STORAGE)).putArray("editMode").add("WRITABLE");
      ArrayNode clients = realm.withArrayProperty("clients");
      ObjectNode client = clients.addObject();
      client.put("clientId", CLIENT);
      client.put("name", "Demo command line");
      client.put("publicClient", true);
      client.put("directAccessGrantsEnabled", true);
      client.put("standardFlowEnabled", false);
      client
          .putArray("defaultClientScopes")
          .add("basic")
          .add("profile")
          .add("email")
          .add("access-tier")
          .add("mana-claims");
      Files.createDirectories(into);
      Path file = into.resolve("mana-realm.json");
      mapper.writeValue(file.toFile(), realm);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + realmFile, e);
    }
  }
}

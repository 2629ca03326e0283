// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import dev.accesstier.devserver.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.UUID;
import java.util.function.Consumer;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.util.JsonSerialization;

/**
 * The realm of {@code mana-realm.json} on the shared server, under a name of its own. Its apps are
 * at {@code http}, so that {@link Chromium} finds them.
 */
public final class ManaRealm implements AutoCloseable {

  private final String name =
      "mana-" + UUID.randomUUID().toString().replace("-", "").substring(0, 17);

  public ManaRealm() {
    RealmRepresentation realm = read();
    realm.setId(name);
    realm.setRealm(name);
    TestServer.shared().admin().realms().create(realm);
  }

  /** With a component id of its own: these are unique in a server, and 22 characters long. */
  private RealmRepresentation read() {
    try {
      String json =
          Files.readString(TestServer.realmExport("mana-realm.json"))
              .replace("https://", "http://")
              .replace("/realms/mana/", "/realms/" + name + "/")
              .replace("\"mana-better-auth-users\"", '"' + name + '"');
      return JsonSerialization.readValue(json, RealmRepresentation.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String name() {
    return name;
  }

  public RealmResource realm() {
    return TestServer.shared().admin().realm(name);
  }

  public String url(String path) {
    return TestServer.shared().keycloak().baseUrl() + "/realms/" + name + path;
  }

  /** Where that app sends the browser to sign in. */
  public String signIn(String app) {
    CodeChallenge challenge = CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier());
    return url("/protocol/openid-connect/auth")
        + ("?response_type=code&scope=openid&client_id=" + app)
        + ("&redirect_uri=" + callback(app))
        + ("&code_challenge_method=S256&code_challenge=" + challenge.getValue());
  }

  /** Where a sign-in at that app ends. */
  public String callback(String app) {
    return client(app).toRepresentation().getRedirectUris().stream()
        .filter(uri -> uri.startsWith("http"))
        .findFirst()
        .orElseThrow();
  }

  /** Has the realm write into the schema in that database of the shared server. */
  public void write(String database) {
    PostgresServer postgres = TestServer.shared().postgres();
    ComponentRepresentation component =
        realm().components().query().stream()
            .filter(one -> "auth-schema".equals(one.getProviderId()))
            .findFirst()
            .orElseThrow();
    component.getConfig().putSingle("jdbcUrl", postgres.jdbcUrl(database));
    component.getConfig().putSingle("username", PostgresServer.USER);
    component.getConfig().putSingle("betterAuthSecret", Fixture.known().secret());
    component.getConfig().putSingle("editMode", "WRITABLE");
    realm().components().component(component.getId()).update(component);
  }

  /** Changes a client. */
  public void change(String clientId, Consumer<ClientRepresentation> change) {
    ClientResource client = client(clientId);
    ClientRepresentation changed = client.toRepresentation();
    change.accept(changed);
    client.update(changed);
  }

  private ClientResource client(String clientId) {
    String id = realm().clients().findByClientId(clientId).get(0).getId();
    return realm().clients().get(id);
  }

  @Override
  public void close() {
    realm().remove();
  }
}

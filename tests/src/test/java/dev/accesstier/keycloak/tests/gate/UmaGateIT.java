// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.Oidc;
import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;

/**
 * Whether a resource server hears "she may" of a user below its tier: however it is named, whatever
 * the answer looks like, whoever asks.
 */
@TestInstance(Lifecycle.PER_CLASS)
class UmaGateIT {

  /** Who asks, and how the resource server and the person are named. */
  enum Asking {
    AUDIENCE {
      @Override
      HTTPRequest request(GateRealm realm, OIDCTokens tokens) throws Exception {
        return byBearer(realm, tokens.getAccessToken(), "&audience=gated-api");
      }
    },
    TICKET {
      @Override
      HTTPRequest request(GateRealm realm, OIDCTokens tokens) throws Exception {
        return byBearer(realm, tokens.getAccessToken(), "&ticket=" + ticket(realm));
      }
    },
    SUBJECT_TOKEN {
      @Override
      HTTPRequest request(GateRealm realm, OIDCTokens tokens) throws Exception {
        return byClient(
            realm,
            "gated-api",
            "&audience=gated-api&subject_token=" + tokens.getAccessToken().getValue());
      }
    },
    CLAIM_TOKEN {
      @Override
      HTTPRequest request(GateRealm realm, OIDCTokens tokens) throws Exception {
        return byClient(
            realm, "open", "&audience=gated-api&claim_token=" + tokens.getIDTokenString());
      }
    };

    /** As the client {@code open} that has the tokens, or as the resource server. */
    abstract HTTPRequest request(GateRealm realm, OIDCTokens tokens) throws Exception;
  }

  private final GateRealm realm = GateRealm.create();

  @BeforeAll
  void addAnOpenResourceServer() {
    ClientRepresentation server = new ClientRepresentation();
    server.setClientId("open-api");
    server.setSecret(Oidc.SECRET);
    server.setServiceAccountsEnabled(true);
    server.setAuthorizationServicesEnabled(true);
    realm.realm().clients().create(server).close();
    realm
        .client("open-api")
        .authorization()
        .importSettings(realm.client("gated-api").authorization().exportSettings());
    ClientRepresentation gated = realm.client("gated-api").toRepresentation();
    gated.setDirectAccessGrantsEnabled(true);
    realm.client("gated-api").update(gated);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  static Stream<Arguments> everyQuestion() {
    return Stream.of(Asking.values())
        .flatMap(
            asking ->
                Stream.of("", "decision", "permissions").map(mode -> Arguments.of(asking, mode)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyQuestion")
  void nobodyBelowTheTierIsSaidToBeAllowed(Asking asking, String mode) throws Exception {
    String user = realm.user("beta");

    HTTPResponse response = ask(asking, mode, user);

    assertDenied(response);
    assertThat(realm.refusals(user))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getType()).isEqualTo("PERMISSION_TOKEN_ERROR");
              assertThat(event.getDetails())
                  .containsEntry("reason", "access_tier")
                  .containsEntry("required_tier", "alpha")
                  .containsEntry("user_tier", "beta");
            });
    assertThat(Refused.counted(realm, "gated-api", "uma")).isPositive();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyQuestion")
  void whoeverHasTheTierIs(Asking asking, String mode) throws Exception {
    assertThat(ask(asking, mode, realm.user("alpha")).getStatusCode()).isEqualTo(200);
  }

  private HTTPResponse ask(Asking asking, String mode, String user) throws Exception {
    OIDCTokens tokens = Oidc.tokens(realm.password("open", user, "openid"));
    HTTPRequest request = asking.request(realm, tokens);
    if (!mode.isEmpty()) {
      request.setBody(request.getBody() + "&response_mode=" + mode);
    }
    return request.send();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&response_mode=decision", "&response_mode=permissions"})
  void aClosedAppLearnsNothingOfAnOpenResourceServer(String mode) throws Exception {
    String user = realm.user("alpha");
    AccessToken token = Oidc.tokens(realm.password("gated", user, "openid")).getAccessToken();
    String question = "&audience=open-api" + mode;
    assertThat(byBearer(realm, token, question).send().getStatusCode()).isEqualTo(200);

    realm.move(user, "beta");

    assertDenied(byBearer(realm, token, question).send());
  }

  @Test
  void aResourceServerThatIsNotNamedIsTheTokensOwnClient() throws Exception {
    String user = realm.user("alpha");
    AccessToken token = Oidc.tokens(realm.password("gated-api", user, "openid")).getAccessToken();
    realm.move(user, "beta");

    assertDenied(byBearer(realm, token, "&response_mode=decision").send());
  }

  @Test
  void aResourceServerMayAskForItself() throws Exception {
    HTTPRequest request = byClient(realm, "gated-api", "&audience=gated-api");

    assertThat(request.send().getStatusCode()).isEqualTo(200);
  }

  @Test
  void anInvalidTokenIsKeycloaksToRefuse() throws Exception {
    HTTPRequest request = byBearer(realm, new BearerAccessToken("a.b.c"), "&audience=gated-api");

    HTTPResponse response = request.send();

    assertThat(response.getStatusCode()).isEqualTo(400);
    assertThat(response.getBody()).contains("\"error\":\"invalid_grant\"");
  }

  private static void assertDenied(HTTPResponse response) {
    assertThat(response.getStatusCode()).as(response.getBody()).isEqualTo(400);
    assertThat(response.getBody()).contains("\"error\":\"access_denied\"");
  }

  /** What the resource server hands to whoever comes without a permission. */
  private static String ticket(GateRealm realm) throws Exception {
    AccessToken protection =
        Oidc.tokens(realm.grant("gated-api", new ClientCredentialsGrant(), "")).getAccessToken();
    String thing =
        realm.client("gated-api").authorization().resources().findByName("thing").get(0).getId();
    HTTPRequest request =
        new HTTPRequest(
            HTTPRequest.Method.POST, URI.create(realm.url("/authz/protection/permission")));
    request.setAuthorization(new BearerAccessToken(protection.getValue()).toAuthorizationHeader());
    request.setContentType("application/json");
    request.setBody("[{\"resource_id\":\"" + thing + "\"}]");
    return String.valueOf(Oidc.json(request.send()).get("ticket"));
  }

  static HTTPRequest byBearer(GateRealm realm, AccessToken token, String more) throws Exception {
    HTTPRequest request = uma(realm, more);
    request.setAuthorization(new BearerAccessToken(token.getValue()).toAuthorizationHeader());
    return request;
  }

  private static HTTPRequest byClient(GateRealm realm, String client, String more)
      throws Exception {
    HTTPRequest request = uma(realm, more);
    request.setAuthorization(((ClientSecretBasic) Oidc.auth(client)).toHTTPAuthorizationHeader());
    return request;
  }

  private static HTTPRequest uma(GateRealm realm, String more) throws Exception {
    HTTPRequest request = new HTTPRequest(HTTPRequest.Method.POST, URI.create(realm.tokenUrl()));
    request.setContentType("application/x-www-form-urlencoded");
    request.setBody("grant_type=urn:ietf:params:oauth:grant-type:uma-ticket" + more);
    return request;
  }
}

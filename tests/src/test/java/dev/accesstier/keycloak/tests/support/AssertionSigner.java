// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.JWTBearerGrant;
import jakarta.ws.rs.core.Response;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;

/** Another party that a realm trusts to name a user, in the JWT bearer grant. */
public final class AssertionSigner {

  private static final String ALIAS = "signer";
  private static final String ISSUER = "https://signer.test";

  private final KeyPair keys = keys();
  private final RealmResource realm;
  private final String realmUrl;

  public AssertionSigner(RealmResource realm, String realmUrl) {
    this.realm = realm;
    this.realmUrl = realmUrl;
    IdentityProviderRepresentation signer = new IdentityProviderRepresentation();
    signer.setAlias(ALIAS);
    signer.setProviderId("jwt-authorization-grant");
    signer.setEnabled(true);
    Map<String, String> config = new HashMap<>();
    config.put("issuer", ISSUER);
    config.put("useJwksUrl", "false");
    config.put("publicKeySignatureVerifier", pem());
    config.put("jwtAuthorizationGrantEnabled", "true");
    signer.setConfig(config);
    try (Response created = realm.identityProviders().create(signer)) {
      if (created.getStatus() != Response.Status.CREATED.getStatusCode()) {
        throw new AssertionError(created.readEntity(String.class));
      }
    }
  }

  /** Lets a client, not yet created, bring assertions. */
  public static void allow(ClientRepresentation client) {
    client.getAttributes().put("oauth2.jwt.authorization.grant.enabled", "true");
    client.getAttributes().put("oauth2.jwt.authorization.grant.idp", ALIAS);
  }

  /** For the user with that id, who is linked to this party. */
  public JWTBearerGrant assertion(String userId) {
    FederatedIdentityRepresentation link = new FederatedIdentityRepresentation();
    link.setIdentityProvider(ALIAS);
    link.setUserId(userId);
    link.setUserName(userId);
    realm.users().get(userId).addFederatedIdentity(ALIAS, link).close();
    Instant now = Instant.now();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.RS256),
            new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject(userId)
                .audience(realmUrl)
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)))
                .build());
    try {
      jwt.sign(new RSASSASigner(keys.getPrivate()));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
    return new JWTBearerGrant(jwt);
  }

  private String pem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----";
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}

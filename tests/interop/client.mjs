// An app that signs in with one of the libraries that apps use, for the tests. Arguments: openid-client
// or oidc-client-ts. Environment: ISSUER, CLIENT_ID, REDIRECT_URI, AFTER_LOGOUT. It prints a line of
// JSON for each step and reads a line where it needs the browser's answer, or leave to go on.
import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";

// Debian 12 has Node 18, which does not offer this by itself.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const { ISSUER, CLIENT_ID, REDIRECT_URI, AFTER_LOGOUT } = process.env;
const { createRemoteJWKSet, jwtVerify } = await import("jose");
const { accessibleApps, hasAppAccess } = await import(
  "../../packages/access-tier-js/access-tier.js"
);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (step) => console.log(JSON.stringify(step));
const answer = async () => (await lines.next()).value;
const browse = async (url) => {
  say({ open: `${url}` });
  return new URL(await answer());
};

// Each: signIn and refresh give { idToken, accessToken, claims, userInfo }, signOut the last address.
const libraries = {
  "openid-client": async () => {
    const client = await import("openid-client");
    const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    });
    let refreshToken;
    const seen = async (tokens) => {
      refreshToken = tokens.refresh_token;
      const claims = tokens.claims();
      const userInfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
      return { idToken: tokens.id_token, accessToken: tokens.access_token, claims, userInfo };
    };
    return {
      async signIn() {
        const pkceCodeVerifier = client.randomPKCECodeVerifier();
        const expectedState = client.randomState();
        const expectedNonce = client.randomNonce();
        const callback = await browse(
          client.buildAuthorizationUrl(config, {
            redirect_uri: REDIRECT_URI,
            scope: "openid",
            state: expectedState,
            nonce: expectedNonce,
            code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
            code_challenge_method: "S256",
          }),
        );
        const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
        return seen(await client.authorizationCodeGrant(config, callback, checks));
      },
      refresh: async () => seen(await client.refreshTokenGrant(config, refreshToken)),
      signOut: ({ idToken }) =>
        browse(
          client.buildEndSessionUrl(config, {
            id_token_hint: idToken,
            post_logout_redirect_uri: AFTER_LOGOUT,
          }),
        ),
    };
  },

  "oidc-client-ts": async () => {
    const { OidcClient } = await import("oidc-client-ts");
    const client = new OidcClient({
      authority: ISSUER,
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      post_logout_redirect_uri: AFTER_LOGOUT,
      scope: "openid",
      loadUserInfo: true,
      filterProtocolClaims: false,
    });
    let last;
    const seen = (response) => {
      last = response;
      const { id_token: idToken, access_token: accessToken, profile } = response;
      return { idToken, accessToken, claims: profile, userInfo: profile };
    };
    return {
      async signIn() {
        const { url } = await client.createSigninRequest({});
        return seen(await client.processSigninResponse(`${await browse(url)}`));
      },
      // As its silent renewal does: with the scope that was granted, and the subject compared.
      refresh: async () => seen(await client.useRefreshToken({ state: last })),
      async signOut({ idToken }) {
        const { url } = await client.createSignoutRequest({ id_token_hint: idToken, state: "bye" });
        const end = await browse(url);
        await client.processSignoutResponse(`${end}`);
        return end;
      },
    };
  },
};

const library = await libraries[process.argv[2]]();
const { jwks_uri } = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
const keys = createRemoteJWKSet(new URL(jwks_uri));
// What an app shows to the person.
const shown = async (profile, accessToken) => {
  const mayTry = hasAppAccess(profile.access_tier, "beta");
  const apps = await accessibleApps(ISSUER, accessToken);
  return { mayTry, apps: apps.map((app) => app.clientId) };
};
const verified = async ({ accessToken, claims, userInfo }) => ({
  shown: await shown(claims, accessToken),
  idToken: claims,
  userInfo,
  accessToken: (await jwtVerify(accessToken, keys, { issuer: ISSUER })).payload,
});

let tokens = await library.signIn();
say(await verified(tokens));
tokens = await library.refresh();
say(await verified(tokens));
await answer();
try {
  await library.refresh();
  say({ error: "none" });
} catch ({ name, error, error_description: description }) {
  say({ name, error, description });
}
say({ end: `${await library.signOut(tokens)}` });
process.exit(0);

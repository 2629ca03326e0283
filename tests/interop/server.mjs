// Better Auth on schema `auth`, for the tests. Environment: BETTER_AUTH (folder of the version to
// run), DATABASE_URL, BETTER_AUTH_SECRET, STORE_IDENTIFIER (how verification rows name what they are
// for: plain or hashed). It listens on a free port of loopback, prints its address as the first line,
// and ends when its standard input does.
import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { createRemoteJWKSet, jwtVerify } from "jose";
import pg from "pg";
import { migrated, tables } from "./tables.mjs";

// Debian 12 has Node 18, which does not offer this by itself.
globalThis.crypto ??= webcrypto;

const { BETTER_AUTH: version, DATABASE_URL, BETTER_AUTH_SECRET } = process.env;
const { STORE_IDENTIFIER = "plain" } = process.env;
const { resolve } = createRequire(new URL(`${version}/package.json`, import.meta.url));
const ofVersion = (name) => import(pathToFileURL(resolve(name)));
const { betterAuth } = await ofVersion("better-auth");
const { drizzleAdapter } = await ofVersion("better-auth/adapters/drizzle");
const { toNodeHandler } = await ofVersion("better-auth/node");
const { jwt, magicLink, oidcProvider, twoFactor } = await ofVersion("better-auth/plugins");
const { passkey } = await ofVersion("@better-auth/passkey");

// The apps of this service, each version with a plugin or a kind of secret of its own.
const pages = { loginPage: "/login", consentPage: "/consent" };
const apps = await {
  "better-auth-1.5": () => oidcProvider(pages),
  "better-auth-1.6": () => oidcProvider({ ...pages, storeClientSecret: "encrypted" }),
  "better-auth-1.7": async () => {
    const { oauthProvider } = await ofVersion("@better-auth/oauth-provider");
    return oauthProvider({ ...pages, allowDynamicClientRegistration: true });
  },
}[version]();
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 4 });

process.stdin.resume().on("close", () => process.exit(0));

// Connections stay open, or a client would use one in the moment in which it is closed.
const server = createServer({ keepAliveTimeout: 0 }).listen(0, "127.0.0.1");
await once(server, "listening");
// A passkey belongs to a name, and never to an address.
const baseURL = `http://localhost:${server.address().port}`;

// What would be mailed: the newest link or code for each kind and address.
const links = new Map();
const mail = (kind) => async ({ user, email, url }) => {
  links.set(`${kind} ${user?.email ?? email}`, url);
};

const options = {
  appName: "ManaCore",
  baseURL,
  secret: BETTER_AUTH_SECRET,
  database: drizzleAdapter(drizzle(pool), {
    provider: "pg",
    schema: tables(version, version === "better-auth-1.7" ? await migrated(pool, apps) : undefined),
  }),
  emailAndPassword: {
    enabled: true,
    requireEmailVerification: true,
    minPasswordLength: 8,
    maxPasswordLength: 128,
    sendResetPassword: mail("reset-password"),
  },
  emailVerification: { sendOnSignUp: true, sendVerificationEmail: mail("verify-email") },
  user: {
    additionalFields: {
      role: { type: "string", required: false, input: false },
      accessTier: { type: "string", required: false, input: false },
    },
    changeEmail: { enabled: true },
    deleteUser: { enabled: true },
  },
  session: { expiresIn: 60 * 60 * 24 * 7, updateAge: 60 * 60 * 24 },
  verification: { storeIdentifier: STORE_IDENTIFIER },
  advanced: { cookiePrefix: "mana" },
  plugins: [
    twoFactor({
      issuer: "ManaCore",
      otpOptions: { sendOTP: ({ user, otp }) => mail("second-factor")({ user, url: otp }) },
    }),
    magicLink({ sendMagicLink: mail("magic-link"), expiresIn: 60 * 10 }),
    passkey(),
    jwt(),
    apps,
  ],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: "warn" },
};
const auth = betterAuth(options);

// Answers that only tests ask for, below /test.
const forTests = {
  "/test/link": async (query) => ({ url: links.get(`${query.get("kind")} ${query.get("email")}`) }),
  // As an app verifies a token with the keys at an address.
  "/test/claims": async (query) => {
    const keys = createRemoteJWKSet(new URL(query.get("keys")));
    return (await jwtVerify(query.get("token"), keys)).payload;
  },
  // As another service of this kind verifies a token: with its own table, and an issuer that it names.
  "/test/verified": async (query) => {
    const { token, issuer, audience } = Object.fromEntries(query);
    const service = betterAuth({ ...options, plugins: [jwt({ jwt: { issuer, audience } })] });
    return (await service.api.verifyJWT({ body: { token } })).payload;
  },
  "/test/backup-codes": async (query) =>
    auth.api.viewBackupCodes({ body: { userId: query.get("user") } }),
};

const betterAuthHandler = toNodeHandler(auth);
server.on("request", async (request, response) => {
  const url = new URL(request.url, baseURL);
  const answer = forTests[url.pathname];
  if (!answer) {
    return betterAuthHandler(request, response);
  }
  try {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(await answer(url.searchParams)));
  } catch (failure) {
    response.writeHead(500).end(JSON.stringify({ message: failure.message }));
  }
});

console.log(baseURL);

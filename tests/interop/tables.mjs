// Schema `auth` for Drizzle: Better Auth's models by their names, this schema's tables and columns.
import { sql } from "drizzle-orm";
import { boolean, customType, integer, jsonb, pgSchema, text, timestamp } from "drizzle-orm/pg-core";

const auth = pgSchema("auth");
const accessTier = auth.enum("access_tier", ["guest", "public", "beta", "alpha", "founder"]);
const userRole = auth.enum("user_role", ["user", "admin", "service"]);
const time = (column) => timestamp(column, { withTimezone: true });
const since = (column) => time(column).defaultNow().notNull();

const user = auth.table("users", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").unique().notNull(),
  emailVerified: boolean("email_verified").default(false).notNull(),
  image: text("image"),
  createdAt: since("created_at"),
  updatedAt: since("updated_at"),
  role: userRole("role").default("user").notNull(),
  accessTier: accessTier("access_tier").default("public").notNull(),
  twoFactorEnabled: boolean("two_factor_enabled").default(false),
});

const session = auth.table("sessions", {
  id: text("id").primaryKey(),
  expiresAt: time("expires_at").notNull(),
  token: text("token").unique().notNull(),
  createdAt: since("created_at"),
  updatedAt: since("updated_at"),
  ipAddress: text("ip_address"),
  userAgent: text("user_agent"),
  userId: text("user_id").notNull(),
});

const account = auth.table("accounts", {
  id: text("id").primaryKey(),
  accountId: text("account_id").notNull(),
  providerId: text("provider_id").notNull(),
  userId: text("user_id").notNull(),
  accessToken: text("access_token"),
  refreshToken: text("refresh_token"),
  idToken: text("id_token"),
  accessTokenExpiresAt: time("access_token_expires_at"),
  refreshTokenExpiresAt: time("refresh_token_expires_at"),
  scope: text("scope"),
  password: text("password"),
  createdAt: since("created_at"),
  updatedAt: since("updated_at"),
});

const verification = auth.table("verification", {
  id: text("id").primaryKey(),
  identifier: text("identifier").notNull(),
  value: text("value").notNull(),
  expiresAt: time("expires_at").notNull(),
  createdAt: since("created_at"),
  updatedAt: since("updated_at"),
});

// The plugin keeps a text with commas, the column is an array of JSON.
const transports = customType({
  dataType: () => "jsonb",
  toDriver: (text) => JSON.stringify(text.split(",").filter(Boolean)),
  fromDriver: (array) => array.join(","),
});

// What the table has no column for is never inserted, as if it were generated, and read as null.
const absent = customType({ dataType: () => "text", fromDriver: () => null });

const passkey = auth.table("passkeys", {
  id: text("id").primaryKey(),
  name: text("friendly_name"),
  publicKey: text("public_key").notNull(),
  userId: text("user_id").notNull(),
  credentialID: text("credential_id").unique().notNull(),
  counter: integer("counter").notNull(),
  deviceType: text("device_type").notNull(),
  backedUp: boolean("backed_up").notNull(),
  transports: transports("transports"),
  createdAt: since("created_at"),
  aaguid: absent("id").generatedAlwaysAs(sql`null`),
});

const jwks = auth.table("jwks", {
  id: text("id").primaryKey(),
  publicKey: text("public_key").notNull(),
  privateKey: text("private_key").notNull(),
  createdAt: since("created_at"),
  expiresAt: absent("id").generatedAlwaysAs(sql`null`),
  alg: absent("id").generatedAlwaysAs(sql`null`),
  crv: absent("id").generatedAlwaysAs(sql`null`),
});

// The table has no column `id`, by which Better Auth updates its rows. A generated column is read
// and compared but never inserted, so the user's id can stand for it.
const twoFactorColumns = {
  id: text("user_id").generatedAlwaysAs(sql`user_id`),
  userId: text("user_id").primaryKey(),
  secret: text("secret").notNull(),
  backupCodes: text("backup_codes").notNull(),
};

// Better Auth 1.6 accepts no second factor without these; whoever moves to it adds them.
const twoFactorColumnsSince16 = {
  verified: boolean("verified").default(true),
  failedVerificationCount: integer("failed_verification_count").default(0),
  lockedUntil: time("locked_until"),
};

const oauthApplication = auth.table("oauth_applications", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  icon: text("icon"),
  metadata: text("metadata"),
  clientId: text("client_id").unique().notNull(),
  clientSecret: text("client_secret").notNull(),
  redirectUrls: text("redirect_urls").notNull(),
  type: text("type").default("web").notNull(),
  disabled: boolean("disabled").default(false).notNull(),
  userId: text("user_id"),
  createdAt: since("created_at"),
  updatedAt: since("updated_at"),
});

const oauthAccessToken = auth.table("oauth_access_tokens", {
  id: text("id").primaryKey(),
  accessToken: text("access_token").unique().notNull(),
  refreshToken: text("refresh_token").unique(),
  accessTokenExpiresAt: time("access_token_expires_at").notNull(),
  refreshTokenExpiresAt: time("refresh_token_expires_at"),
  clientId: text("client_id").notNull(),
  userId: text("user_id").notNull(),
  scopes: text("scopes").notNull(),
  createdAt: since("created_at"),
  updatedAt: since("updated_at"),
});

// Better Auth stores no consent without the last column, which whoever uses consents adds.
const oauthConsent = auth.table("oauth_consents", {
  id: text("id").primaryKey(),
  userId: text("user_id").notNull(),
  clientId: text("client_id").notNull(),
  scopes: text("scopes").notNull(),
  createdAt: since("created_at"),
  updatedAt: since("updated_at"),
  consentGiven: boolean("consent_given"),
});

// What a plugin adds, as its migration would make it: names in snake case, tables in the plural.
const snake = (name) => name.replace(/([a-z])([A-Z]+)/g, "$1_$2").toLowerCase();
const columnOf = {
  string: text,
  boolean,
  number: integer,
  date: time,
  json: jsonb,
  "string[]": (name) => text(name).array(),
};
const sqlType = { string: "text", number: "int", date: "timestamptz", json: "jsonb", "string[]": "text[]" };

const added = (model, fields) => {
  const columns = Object.entries(fields).map(([field, { type }]) => [field, columnOf[type](snake(field))]);
  return auth.table(snake(model) + "s", { id: text("id").primaryKey(), ...Object.fromEntries(columns) });
};

const create = (model, fields) => {
  const columns = Object.entries(fields).map(
    ([field, { type, unique }]) => `${snake(field)} ${sqlType[type] ?? type} ${unique ? "unique" : ""}`,
  );
  return `create table if not exists auth.${snake(model)}s (id text primary key, ${columns.join(", ")})`;
};

/** Makes the tables of a plugin where they are missing, and gives them. */
export async function migrated(pool, { schema }) {
  const models = Object.entries(schema);
  for (const [model, { fields }] of models) {
    await pool.query(create(model, fields));
  }
  return Object.fromEntries(models.map(([model, { fields }]) => [model, added(model, fields)]));
}

/** @param ofApps the tables of the plugin for apps, where it is not that of the seed's schema */
export const tables = (version, ofApps) => ({
  user,
  session,
  account,
  verification,
  passkey,
  jwks,
  ...(ofApps ?? { oauthApplication, oauthAccessToken, oauthConsent }),
  twoFactor: auth.table("two_factor_auth", {
    ...twoFactorColumns,
    ...(version === "better-auth-1.5" ? {} : twoFactorColumnsSince16),
  }),
});

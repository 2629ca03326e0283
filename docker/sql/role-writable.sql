-- Group role `access_tier_writer`: what the storage provider needs in editMode WRITABLE. It reads
-- as `access_tier_reader` does; it never sets `users.role`, so that no admin is made through it.
-- Can be applied again. Apply after role-read-only.sql, as the same user, then make Keycloak's own
-- user a member:
--   create user keycloak_auth password '...' in role access_tier_writer;

do $$
begin
  create role access_tier_writer nologin;
exception
  when duplicate_object then null;
end
$$;

grant access_tier_reader to access_tier_writer;

-- Registration, profile, tier, second factor's flag, deletion. What hangs on a deleted user goes
-- with it: the cascade is the tables' own and needs no grant.
grant insert (id, name, email, email_verified, image, created_at, updated_at, access_tier,
    two_factor_enabled),
  update (name, email, email_verified, image, created_at, updated_at, access_tier,
    two_factor_enabled, deleted_at),
  delete
  on auth.users to access_tier_writer;
-- With the admin plugin of Better Auth: whom an admin enables in Keycloak is no longer banned.
-- grant update (banned, ban_reason, ban_expires) on auth.users to access_tier_writer;

-- Passwords and links to other providers.
grant insert (id, account_id, provider_id, user_id, password, created_at, updated_at),
  update (account_id, password, updated_at),
  delete
  on auth.accounts to access_tier_writer;
grant update (hashed_password, updated_at), delete on auth.passwords to access_tier_writer;
-- Better Auth 1.7.0 to 1.7.2 demand a further column; without it leave this out.
-- grant select (issuer), insert (issuer) on auth.accounts to access_tier_writer;

-- Second factors and passkeys.
grant insert, update (secret, enabled, backup_codes, created_at, enabled_at), delete
  on auth.two_factor_auth to access_tier_writer;
-- Better Auth since 1.6 counts wrong codes; where the columns exist, they are counted here too.
-- grant update (failed_verification_count, locked_until)
--   on auth.two_factor_auth to access_tier_writer;
grant insert, update (counter, backed_up, transports, friendly_name, last_used_at), delete
  on auth.passkeys to access_tier_writer;

-- Sign out everywhere.
grant update (expires_at, updated_at, revoked_at), delete on auth.sessions to access_tier_writer;

-- Mailed links, each used once.
grant select, update (value, expires_at, updated_at), delete
  on auth.verification to access_tier_writer;

-- What people set in the apps.
-- grant select, insert, update on auth.user_settings to access_tier_writer;

-- Matrix accounts that people link.
-- grant select, insert (id, matrix_user_id, user_id, linked_at, email), update (last_used_at), delete
--   on auth.matrix_user_links to access_tier_writer;

-- Consents that are given and revoked in Keycloak.
-- grant select, insert, update, delete on auth.oauth_consents to access_tier_writer;

-- Opaque tokens of apps, with option legacyTokens: a refresh token is used once.
-- grant select, delete on auth.oauth_access_tokens to access_tier_writer;

-- The record of logins: written, never read or changed.
grant insert on auth.security_events to access_tier_writer;

-- Group role `access_tier_reader`: what the storage provider needs in editMode READ_ONLY, and no
-- more. Tokens of other providers, signing keys and all other tables stay out of its reach.
-- Can be applied again. Apply as the owner of schema `auth` who may create roles, then make
-- Keycloak's own user a member:
--   create user keycloak_auth password '...' in role access_tier_reader;

do $$
begin
  create role access_tier_reader nologin;
exception
  when duplicate_object then null;
end
$$;

grant usage on schema auth to access_tier_reader;

-- Accounts, their tiers and their passwords.
grant select on auth.users, auth.passwords to access_tier_reader;
grant select (id, account_id, provider_id, user_id, password, created_at, updated_at)
  on auth.accounts to access_tier_reader;

-- Second factors and passkeys.
grant select on auth.two_factor_auth, auth.passkeys to access_tier_reader;

-- Sign-in with the session cookie of the running service.
grant select (id, token, user_id, created_at, expires_at, revoked_at)
  on auth.sessions to access_tier_reader;

-- Keys with which the running service signs JWTs, their public half alone. Leave this out where no app
-- verifies such tokens. With Better Auth 1.7 add alg and expires_at.
-- grant select (id, public_key, created_at) on auth.jwks to access_tier_reader;
-- Where Keycloak signs with the newest of them: option active of the key provider.
-- grant select (private_key) on auth.jwks to access_tier_reader;

-- Apps that the running service knows as OAuth clients, for their import. Better Auth 1.7 has
-- oauth_clients instead.
-- grant select on auth.oauth_applications to access_tier_reader;
-- For the number of sign-ins that were under way, in the report of the import.
-- grant select (id) on auth.oauth_authorization_codes to access_tier_reader;

-- What people have set in the apps.
-- grant select on auth.user_settings to access_tier_reader;

-- Matrix accounts of people.
-- grant select on auth.matrix_user_links to access_tier_reader;

-- What people have allowed apps. Where Better Auth stores consents, the table has consent_given.
-- grant select (id, user_id, client_id, scopes, created_at, updated_at)
--   on auth.oauth_consents to access_tier_reader;
-- grant select (consent_given) on auth.oauth_consents to access_tier_reader;

-- Links that the running service has mailed. Its rows hold codes and tokens of all kinds; leave this
-- out where nobody is sent to Keycloak with such a link.
-- grant select (id, identifier, value, expires_at, created_at)
--   on auth.verification to access_tier_reader;

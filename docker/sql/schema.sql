-- Schema `auth` for a fresh start: tables, keys and indexes as Better Auth 1.4 to 1.6 uses them.
-- Can be applied again: what exists is left as it is.

create schema if not exists auth;

do $$
begin
  create type public.access_tier as enum ('guest', 'public', 'beta', 'alpha', 'founder');
exception
  when duplicate_object then null;
end
$$;

do $$
begin
  create type public.user_role as enum ('user', 'admin', 'service');
exception
  when duplicate_object then null;
end
$$;

create table if not exists auth.users (
  id text primary key,
  name text not null,
  email text not null
    constraint users_email_unique unique,
  email_verified boolean default false not null,
  image text,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null,
  role public.user_role default 'user' not null,
  access_tier public.access_tier default 'public' not null,
  two_factor_enabled boolean default false,
  deleted_at timestamptz
);

create table if not exists auth.accounts (
  id text primary key,
  account_id text not null,
  provider_id text not null,
  user_id text not null
    constraint accounts_user_id_users_id_fk references auth.users (id) on delete cascade,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null
);

create table if not exists auth.jwks (
  id text primary key,
  public_key text not null,
  private_key text not null,
  created_at timestamptz default now() not null
);

create table if not exists auth.matrix_user_links (
  id text primary key,
  matrix_user_id text not null
    constraint matrix_user_links_matrix_user_id_unique unique,
  user_id text not null
    constraint matrix_user_links_user_id_users_id_fk references auth.users (id) on delete cascade,
  linked_at timestamptz default now() not null,
  last_used_at timestamptz,
  email text
);

create table if not exists auth.oauth_access_tokens (
  id text primary key,
  access_token text not null
    constraint oauth_access_tokens_access_token_unique unique,
  refresh_token text
    constraint oauth_access_tokens_refresh_token_unique unique,
  access_token_expires_at timestamptz not null,
  refresh_token_expires_at timestamptz,
  client_id text not null,
  user_id text not null
    constraint oauth_access_tokens_user_id_users_id_fk references auth.users (id) on delete cascade,
  scopes text not null,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null
);

create table if not exists auth.oauth_applications (
  id text primary key,
  name text not null,
  icon text,
  metadata text,
  client_id text not null
    constraint oauth_applications_client_id_unique unique,
  client_secret text not null,
  redirect_urls text not null,
  type text default 'web' not null,
  disabled boolean default false not null,
  user_id text
    constraint oauth_applications_user_id_users_id_fk references auth.users (id) on delete cascade,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null
);

create table if not exists auth.oauth_authorization_codes (
  id text primary key,
  code text not null
    constraint oauth_authorization_codes_code_unique unique,
  client_id text not null,
  user_id text not null
    constraint oauth_authorization_codes_user_id_users_id_fk references auth.users (id) on delete cascade,
  scopes text not null,
  redirect_uri text not null,
  code_challenge text,
  code_challenge_method text,
  expires_at timestamptz not null,
  created_at timestamptz default now() not null
);

create table if not exists auth.oauth_consents (
  id text primary key,
  user_id text not null
    constraint oauth_consents_user_id_users_id_fk references auth.users (id) on delete cascade,
  client_id text not null,
  scopes text not null,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null
);

create table if not exists auth.passkeys (
  id text primary key,
  user_id text not null
    constraint passkeys_user_id_users_id_fk references auth.users (id) on delete cascade,
  credential_id text not null
    constraint passkeys_credential_id_unique unique,
  public_key text not null,
  counter integer default 0 not null,
  device_type text not null,
  backed_up boolean default false not null,
  transports jsonb,
  friendly_name text,
  last_used_at timestamptz,
  created_at timestamptz default now() not null
);

create table if not exists auth.passwords (
  user_id text primary key
    constraint passwords_user_id_users_id_fk references auth.users (id) on delete cascade,
  hashed_password text not null,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null
);

create table if not exists auth.security_events (
  id uuid default gen_random_uuid() primary key,
  user_id text
    constraint security_events_user_id_users_id_fk references auth.users (id) on delete cascade,
  event_type text not null,
  ip_address text,
  user_agent text,
  metadata jsonb,
  created_at timestamptz default now() not null
);

create table if not exists auth.sessions (
  id text primary key,
  expires_at timestamptz not null,
  token text not null
    constraint sessions_token_unique unique,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null,
  ip_address text,
  user_agent text,
  user_id text not null
    constraint sessions_user_id_users_id_fk references auth.users (id) on delete cascade,
  refresh_token text
    constraint sessions_refresh_token_unique unique,
  refresh_token_expires_at timestamptz,
  device_id text,
  device_name text,
  last_activity_at timestamptz default now(),
  revoked_at timestamptz,
  remember_me boolean default false
);

create table if not exists auth.two_factor_auth (
  user_id text primary key
    constraint two_factor_auth_user_id_users_id_fk references auth.users (id) on delete cascade,
  secret text not null,
  enabled boolean default false not null,
  backup_codes text not null,
  created_at timestamptz default now() not null,
  enabled_at timestamptz
);

create table if not exists auth.user_settings (
  user_id text primary key
    constraint user_settings_user_id_users_id_fk references auth.users (id) on delete cascade,
  global_settings jsonb default '{"nav": {"desktopPosition": "top", "sidebarCollapsed": false}, "theme": {"mode": "system", "colorScheme": "ocean"}, "locale": "de"}' not null,
  app_overrides jsonb default '{}' not null,
  device_settings jsonb default '{}' not null,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null
);

create table if not exists auth.verification (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null
);

create index if not exists matrix_user_links_user_id_idx on auth.matrix_user_links (user_id);
create index if not exists passkeys_user_id_idx on auth.passkeys (user_id);
create index if not exists verification_identifier_idx on auth.verification (identifier);

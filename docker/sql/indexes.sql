-- Indexes that logins and searches of many users want: optional. Can be applied again. Writing to a
-- table waits while its index is built; on a large one in use, run the same statements by hand with
-- `create index concurrently`.
--
-- Each matches what the storage provider asks, expression for expression. A search by tier has
-- none: five values are too few to choose by.

-- A login looks up the password by the user's id; so does an upgrade of a hash.
create index if not exists accounts_user_id_idx on auth.accounts (user_id);

-- A sign-in with another provider looks up whose account it is.
create index if not exists accounts_provider_account_idx on auth.accounts (provider_id, account_id);

-- "Sign out everywhere" looks up sessions by the user's id.
create index if not exists sessions_user_id_idx on auth.sessions (user_id);

-- What another service changed lately is looked for by the time of writing; without the index once a
-- minute at most.
create index if not exists users_updated_at_idx on auth.users (updated_at, id);

-- Search by email, first name and last name, which are the column `name` cut at its first space:
-- anywhere in the text with extension pg_trgm, which its packages bring ("contrib") and the owner of
-- the database may create; by the beginning of the text without it.
do $$
declare
  trigrams text;
begin
  if exists (select from pg_available_extensions where name = 'pg_trgm') then
    begin
      create extension if not exists pg_trgm;
    exception
      when insufficient_privilege then
        raise notice 'pg_trgm is there but may not be created by this user';
    end;
  end if;

  select quote_ident(n.nspname) || '.gin_trgm_ops'
    into trigrams
    from pg_extension e
    join pg_namespace n on n.oid = e.extnamespace
   where e.extname = 'pg_trgm';

  if trigrams is null then
    raise notice 'without pg_trgm only the beginning of a text is found by index';
    create index if not exists users_email_prefix_idx
      on auth.users (email text_pattern_ops);
    create index if not exists users_first_name_prefix_idx
      on auth.users (lower(split_part(name, ' ', 1)) text_pattern_ops);
    create index if not exists users_last_name_prefix_idx
      on auth.users (lower(substr(name, length(split_part(name, ' ', 1)) + 2)) text_pattern_ops);
  else
    execute format(
      'create index if not exists users_email_search_idx
         on auth.users using gin (email %s)', trigrams);
    execute format(
      'create index if not exists users_first_name_search_idx
         on auth.users using gin (lower(split_part(name, '' '', 1)) %s)', trigrams);
    execute format(
      'create index if not exists users_last_name_search_idx
         on auth.users using gin (lower(substr(name, length(split_part(name, '' '', 1)) + 2)) %s)',
      trigrams);
  end if;
end
$$;

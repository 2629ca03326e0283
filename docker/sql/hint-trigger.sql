-- Tells Keycloak that something in `users` was written, so that its cache lets go of changed users
-- within a second: optional. Without it the extension looks every few seconds (option
-- `changesPeriod`), and does not notice at once what leaves `updated_at` alone.
-- Can be applied again.
--
-- One message a statement, with no content. Each Keycloak node listens on a connection of its own,
-- which must not go through a pooler of transactions: nothing would come there, and nothing break.

create or replace function auth.hint_access_tier_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('access_tier_hint', '');
  return null;
end
$$;

create or replace trigger access_tier_hint
  after insert or update or delete or truncate on auth.users
  for each statement execute function auth.hint_access_tier_change();

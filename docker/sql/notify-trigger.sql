-- Tells listeners that a user's row was changed, and how: optional, for tools of your own. The
-- extension itself does not listen to this channel; hint-trigger.sql is for that.
-- Can be applied again.
--
--   listen access_tier_changes;
--   {"id": "<auth.users id>", "op": "update", "columns": ["access_tier", "updated_at"]}
--
-- `op` is insert, update or delete; `columns` names what an update changed, and is empty otherwise.
-- No values are sent: whoever may connect to the database may listen. Notifications arrive when the
-- transaction commits, and only with who is connected then.

create or replace function auth.notify_access_tier_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  before jsonb;
  after jsonb;
  columns jsonb := '[]';
begin
  if tg_op = 'UPDATE' then
    before := to_jsonb(old);
    after := to_jsonb(new);
    select coalesce(jsonb_agg(key order by key), '[]')
      into columns
      from jsonb_each(after)
     where value is distinct from before -> key;
    if columns = '[]' then
      return null;
    end if;
  end if;
  perform pg_notify(
    'access_tier_changes',
    jsonb_build_object(
      'id', case when tg_op = 'DELETE' then old.id else new.id end,
      'op', lower(tg_op),
      'columns', columns)::text);
  return null;
end
$$;

create or replace trigger access_tier_changes
  after insert or update or delete on auth.users
  for each row execute function auth.notify_access_tier_change();

-- Tables of Hangfire that live by insert and delete are vacuumed early, once after they were made. No parameters.
do $$
declare
  name text;
begin
  foreach name in array array['jobqueue', 'lock', 'set', 'counter', 'state', 'jobparameter'] loop
    if exists (
      select
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'hangfire' and c.relname = name and c.relkind = 'r' and c.reloptions is null
    ) then
      execute format('alter table hangfire.%I set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0)', name);
    end if;
  end loop;
end
$$

-- pgbench's own one-statement step: the same rows of one burst, no client in .NET, no group.
\set n random(1, :instances)
with saved as (
  update workflow_instance
  set row_version = row_version + 1, state = cast(:state as bytea), updated_at = now()
  where id = 'pgb-' || lpad(cast(:n as integer)::text, 24, '0')
  returning id, row_version
), burned as (
  delete from bookmark b using saved s where b.instance_id = s.id returning b.instance_id, b.id
), added as (
  insert into bookmark (instance_id, id, hash, name, activity_id, node_id, payload, created_at)
  select instance_id, id + 1, md5(instance_id) || md5(instance_id), 'Event', 'Wait1', 'Workflow1/Flowchart1/Wait1', '\x7b7d', now()
  from burned
)
insert into journal (instance_id, sequence, at, stimuli, entries, state_hash)
select id, row_version, now(), cast(:stimuli as bytea), cast(:entries as bytea), 1
from saved;

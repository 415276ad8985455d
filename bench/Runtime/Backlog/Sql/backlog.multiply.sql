-- Copies of one suspended instance with all its rows; an id is as long as that of the original. $1 original, $2 first number, $3 last number,
-- $4 when its timers are due, null: as the original's.
with ids as (
  select 'b' || lpad(n::text, length($1) - 1, '0') as id
  from generate_series($2::bigint, $3::bigint) as n
),
made as (
  insert into workflow_instance (
    id, definition_id, version_id, version, row_version, sub_status, incident_count, state, created_at, updated_at
  )
  select
    ids.id, i.definition_id, i.version_id, i.version, i.row_version, i.sub_status, i.incident_count,
    convert_to(replace(convert_from(i.state, 'UTF8'), $1, ids.id), 'UTF8'), i.created_at, i.updated_at
  from workflow_instance i, ids
  where i.id = $1
),
waiting as (
  insert into bookmark (instance_id, id, hash, name, activity_id, node_id, due_at, payload, created_at)
  select ids.id, b.id, b.hash, b.name, b.activity_id, b.node_id, case when b.due_at is not null then coalesce($4, b.due_at) end, b.payload, b.created_at
  from bookmark b, ids
  where b.instance_id = $1
),
timed as (
  insert into work (key, kind, instance_id, target, payload, due_at)
  select 't:' || ids.id || ':' || w.target, w.kind, ids.id, w.target, w.payload, coalesce($4, w.due_at)
  from work w, ids
  where w.instance_id = $1
)
insert into journal (instance_id, sequence, at, stimuli, entries, state_hash)
select ids.id, j.sequence, j.at, j.stimuli, j.entries, j.state_hash
from journal j, ids
where j.instance_id = $1

-- The rows of a group of bursts of the flow, written as directly as SQL allows: nobody loses, nobody is told.
-- $1 new: instance, $2 state. $3 known: instance, $4 row version, $5 state, $6 ended. $7 gone: instance, $8 waiter.
-- $9 new waiter: instance, $10 waiter, $11 hash, $12 name, $13 activity, $14 node, $15 payload.
-- $16 history: instance, $17 sequence, $18 stimuli, $19 entries, $20 hash of the state. $21 now.
with made as (
  insert into workflow_instance (
    id, definition_id, version_id, version, row_version, sub_status, incident_count, state, created_at, updated_at
  )
  select id, 'five-stages', 'five-stages-000000000000000000001', 1, 1, 2, 0, state, $21, $21
  from unnest($1::text[], $2::bytea[]) as t(id, state)
),
saved as (
  update workflow_instance i
  set row_version = t.version, state = t.state, updated_at = $21, finished_at = case when t.ended then $21 end
  from unnest($3::text[], $4::bigint[], $5::bytea[], $6::boolean[]) as t(id, version, state, ended)
  where i.id = t.id
),
burned as (
  delete from bookmark b
  using unnest($7::text[], $8::bigint[]) as t(instance_id, id)
  where b.instance_id = t.instance_id and b.id = t.id
),
added as (
  insert into bookmark (instance_id, id, hash, name, activity_id, node_id, payload, created_at)
  select instance_id, id, hash, name, activity_id, node_id, payload, $21
  from unnest($9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[])
    as t(instance_id, id, hash, name, activity_id, node_id, payload)
)
insert into journal (instance_id, sequence, at, stimuli, entries, state_hash)
select instance_id, sequence, $21, stimuli, entries, state_hash
from unnest($16::text[], $17::bigint[], $18::bytea[], $19::bytea[], $20::bigint[]) as t(instance_id, sequence, stimuli, entries, state_hash)

-- The rows of a group of bursts, written as directly as SQL allows: nobody loses, nobody is told.
-- $1 instance, $2 row version, $3 state, $4 now, $5 waiter gone, $6 waiter new, $7 hash, $8 due at, $9 payload,
-- $10 timer key, $11 timer instance, $12 timer bookmark, $13 timer due at, $14 stimuli, $15 entries, $16 hash of the state.
with saved as (
  update workflow_instance i
  set row_version = t.expected + 1,
      state = t.state,
      updated_at = t.now
  from unnest($1::text[], $2::bigint[], $3::bytea[], $4::timestamptz[]) as t(id, expected, state, now)
  where i.id = t.id and i.row_version = t.expected
),
burned as (
  delete from bookmark b
  using unnest($1::text[], $5::bigint[]) as t(instance_id, id)
  where b.instance_id = t.instance_id and b.id = t.id
  returning b.instance_id, b.id, b.due_at
),
cleared as (
  delete from work w
  using burned b
  where b.due_at is not null and w.key = 't:' || b.instance_id || ':' || b.id
),
added as (
  insert into bookmark (instance_id, id, hash, name, activity_id, node_id, due_at, payload, created_at)
  select instance_id, id, hash, 'Event', 'Wait1', 'Workflow1/Flowchart1/Wait1', due_at, payload, now
  from unnest($1::text[], $6::bigint[], $7::text[], $8::timestamptz[], $9::bytea[], $4::timestamptz[])
    as t(instance_id, id, hash, due_at, payload, now)
),
queued as (
  insert into work (key, kind, instance_id, target, payload, due_at)
  select key, 0, instance_id, target, '', due_at
  from unnest($10::text[], $11::text[], $12::bigint[], $13::timestamptz[]) as t(key, instance_id, target, due_at)
)
insert into journal (instance_id, sequence, at, stimuli, entries, state_hash)
select instance_id, sequence + 1, at, stimuli, entries, state_hash
from unnest($1::text[], $2::bigint[], $4::timestamptz[], $14::bytea[], $15::bytea[], $16::bigint[])
  as t(instance_id, sequence, at, stimuli, entries, state_hash)

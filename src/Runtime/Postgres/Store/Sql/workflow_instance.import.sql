-- Puts an instance in as it was elsewhere, unless there is one of that id. $1 to $13 the row, $14 to $21 its waiters, $22 to $26 its history.
-- Index: workflow_instance_pkey.
with made as (
  insert into workflow_instance (
    id, definition_id, version_id, version, row_version, sub_status, correlation_id, name, parent_id, incident_count, state, created_at, updated_at,
    finished_at
  )
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, case when $6 in (3, 4, 5) then $13 end)
  on conflict (id) do nothing
  returning id
),
waiter as (
  select made.id as instance_id, x.*
  from made
  cross join unnest($14::bigint[], $15::text[], $16::text[], $17::text[], $18::text[], $19::timestamptz[], $20::bytea[], $21::timestamptz[])
    as x(id, hash, name, activity_id, node_id, due_at, payload, created_at)
),
added as (
  insert into bookmark (instance_id, id, hash, name, activity_id, node_id, due_at, payload, created_at)
  select instance_id, id, hash, name, activity_id, node_id, due_at, payload, created_at
  from waiter
),
timers as (
  insert into work (key, kind, instance_id, target, payload, due_at)
  select 't:' || instance_id || ':' || id, 0, instance_id, id, '', due_at
  from waiter
  where due_at is not null
  on conflict (key) do nothing
),
written as (
  insert into journal (instance_id, sequence, at, stimuli, entries, state_hash)
  select made.id, x.sequence, x.at, x.stimuli, x.entries, x.state_hash
  from made
  cross join unnest($22::bigint[], $23::timestamptz[], $24::bytea[], $25::bytea[], $26::bigint[]) as x(sequence, at, stimuli, entries, state_hash)
)
select count(*) from made

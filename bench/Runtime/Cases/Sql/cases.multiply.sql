-- Makes an open case many: its instances, waiters, timers, task, place in the queue and clocks. The timers of the copies are due when all is over.
-- $1 id of the case, $2 first number, $3 last number, $4 ids of its rows that must differ.
with numbers as (
  select n
  from generate_series($2::integer, $3::integer) as n
),
instances as (
  insert into workflow_instance (
    id, definition_id, version_id, version, row_version, sub_status, correlation_id, name, parent_id, incident_count, state, created_at, updated_at
  )
  select r.id, r.definition_id, r.version_id, r.version, r.row_version, r.sub_status, r.correlation_id, r.name, r.parent_id, r.incident_count, r.state,
    r.created_at, r.updated_at
  from numbers, workflow_instance i, lateral jsonb_populate_record(null::workflow_instance, bench_renamed(to_jsonb(i), numbers.n, $4)) as r
  where i.correlation_id = $1 and i.finished_at is null
),
bookmarks as (
  insert into bookmark
  select r.*
  from numbers, workflow_instance i, bookmark b, lateral jsonb_populate_record(null::bookmark, bench_renamed(to_jsonb(b), numbers.n, $4)) as r
  where i.correlation_id = $1 and i.finished_at is null and b.instance_id = i.id
),
works as (
  insert into work (key, kind, instance_id, target, payload, due_at)
  select r.key, r.kind, r.instance_id, r.target, r.payload, timestamptz '2200-01-01'
  from numbers, workflow_instance i, work w, lateral jsonb_populate_record(null::work, bench_renamed(to_jsonb(w), numbers.n, $4)) as r
  where i.correlation_id = $1 and i.finished_at is null and w.instance_id = i.id
),
cases as (
  insert into service_case
  select r.*
  from numbers, service_case c, lateral jsonb_populate_record(
    null::service_case,
    bench_renamed(to_jsonb(c), numbers.n, $4) || jsonb_build_object('number', 10000000 + numbers.n, 'channel', 'backlog', 'customer_id', null)
  ) as r
  where c.id = $1
),
clocks as (
  insert into sla_clock
  select r.*
  from numbers, sla_clock k, lateral jsonb_populate_record(null::sla_clock, bench_renamed(to_jsonb(k), numbers.n, $4)) as r
  where k.case_id = $1
),
tasks as (
  insert into task
  select r.*
  from numbers, task t, lateral jsonb_populate_record(
    null::task,
    bench_renamed(to_jsonb(t), numbers.n, $4) || jsonb_build_object('channel', 'backlog')
  ) as r
  where t.case_id = $1 and t.state < 6
  returning 1
)
select count(*) from tasks

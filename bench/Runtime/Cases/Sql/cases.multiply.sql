-- Makes an open case many: its instance, waiters, timers, task, place in the queue and clocks. The timers of the copies are due when all is over.
-- $1 id of the case and its instance, $2 first number, $3 last number.
with numbers as (
  select n, lpad(to_hex(n), 32, 'b') as id
  from generate_series($2::integer, $3::integer) as n
),
instances as (
  insert into workflow_instance
  select r.*
  from numbers, workflow_instance i, lateral jsonb_populate_record(null::workflow_instance, replace(to_jsonb(i)::text, $1, numbers.id)::jsonb) as r
  where i.id = $1
),
bookmarks as (
  insert into bookmark
  select r.*
  from numbers, bookmark b, lateral jsonb_populate_record(null::bookmark, replace(to_jsonb(b)::text, $1, numbers.id)::jsonb) as r
  where b.instance_id = $1
),
works as (
  insert into work (key, kind, instance_id, target, payload, due_at)
  select replace(w.key, $1, numbers.id), w.kind, numbers.id, w.target, w.payload, timestamptz '2200-01-01'
  from numbers, work w
  where w.instance_id = $1
),
cases as (
  insert into service_case
  select r.*
  from numbers, service_case c, lateral jsonb_populate_record(
    null::service_case,
    replace(to_jsonb(c)::text, $1, numbers.id)::jsonb || jsonb_build_object('number', 10000000 + numbers.n, 'channel', 'backlog', 'customer_id', null)
  ) as r
  where c.id = $1
),
clocks as (
  insert into sla_clock
  select r.*
  from numbers, sla_clock k, lateral jsonb_populate_record(null::sla_clock, replace(to_jsonb(k)::text, $1, numbers.id)::jsonb) as r
  where k.case_id = $1
),
tasks as (
  insert into task
  select r.*
  from numbers, task t, lateral jsonb_populate_record(null::task, replace(to_jsonb(t)::text, $1, numbers.id)::jsonb) as r
  where t.case_id = $1 and t.state < 6
  returning 1
)
select count(*) from tasks

-- Tasks that workflows wait for, in the transaction of their bursts. A repeated burst makes the same. Without a customer: that of the case.
-- $1 ids, $2 instances, $3 waiters, $4 cases, $5 customers, $6 types, $7 titles, $8 forms, $9 outcomes as JSON, $10 contents, $11 priorities,
-- $12 channels, $13 weights, $14 due, $15 follow-up, $16 time-out, $17 queues, $18 required, $19 preferred, $20 languages, $21 candidates as JSON,
-- $22 excluded as JSON, $23 assignees, $24 moments. Index: task_pkey, service_case_pkey.
with asked as (
  select *
  from unnest(
    $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::smallint[],
    $12::text[], $13::integer[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::text[], $18::text[], $19::text[], $20::text[],
    $21::text[], $22::text[], $23::text[], $24::timestamptz[]
  ) as t(
    id, instance_id, bookmark_id, case_id, customer_id, type, title, form, outcomes, content, priority, channel, weight, due_at, follow_up_at,
    times_out_at, queue_id, required, preferred, language, only_for, excluded, assignee, now
  )
),
made as (
  insert into task (
    id, instance_id, bookmark_id, case_id, customer_id, type, title, form, outcomes, content, priority, channel, weight, due_at, follow_up_at,
    times_out_at, queue_id, required, preferred, language, only_for, excluded, assignee, state, enqueued_at, created_at, changed_at
  )
  select
    id, instance_id, bookmark_id, case_id, coalesce(customer_id, (select c.customer_id from service_case c where c.id = asked.case_id)), type, title, form,
    array(select jsonb_array_elements_text(outcomes::jsonb)), content, priority,
    channel, weight, due_at, follow_up_at, times_out_at, queue_id, required, preferred, language,
    array(select jsonb_array_elements_text(only_for::jsonb)), array(select jsonb_array_elements_text(excluded::jsonb)), assignee,
    case when assignee is null then 1 else 3 end, now, now, now
  from asked
  on conflict (id) do nothing
  returning id, assignee, channel, weight, created_at
),
told as (
  insert into task_event (task_id, at, verb, rev)
  select id, created_at, 'create', 1
  from made
)
-- Who gets it by the will of the definition gets it in any case; the sum of units tells when that was too much.
select load_take(assignee, channel, weight, false, true, created_at)
from (select * from made where assignee is not null order by assignee) as given

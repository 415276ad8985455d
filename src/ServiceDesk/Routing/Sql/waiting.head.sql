-- The first tasks of a queue with some demands, locked; what somebody else has locked is passed by.
-- $1 queue, $2 demands, $3 to $5 virtual deadline, since and id of the last one seen, or null, $6 how many. Index: waiting_order, task_pkey.
with head as (
  select w.task_id, w.virtual_deadline, w.enqueued_at
  from unnest($2::text[]) as wanted(demand)
  cross join lateral (
    select task_id, virtual_deadline, enqueued_at
    from waiting
    where queue_id = $1
      and demand = wanted.demand
      and (virtual_deadline, enqueued_at, task_id) > (coalesce($3, '-infinity'), coalesce($4, '-infinity'), coalesce($5, ''))
    order by virtual_deadline, enqueued_at, task_id
    limit $6
  ) as w
  order by w.virtual_deadline, w.enqueued_at, w.task_id
  limit $6
)
select
  t.id, t.channel, t.weight, t.priority, t.required, t.preferred, t.language, t.only_for, t.excluded, t.declined, t.overflow, t.case_owner,
  t.last_agent, t.sticky_until, h.virtual_deadline, h.enqueued_at, t.due_at, t.clock_due_at, t.latest_at, t.offer_no,
  (select count(*)::integer from head)
from head h
join task t on t.id = h.task_id
where t.state = 1 and not t.is_suspended
order by h.virtual_deadline, h.enqueued_at, t.id
for update of t skip locked

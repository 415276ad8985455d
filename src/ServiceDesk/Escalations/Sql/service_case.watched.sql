-- A case as the ladder sees it, with who works on it. $1 case. Index: service_case_pkey, task_case.
select c.status, c.priority, c.category, coalesce(c.queue_id, t.queue_id), coalesce(c.owner_id, t.assignee), c.opened_at, c.number
from service_case c
left join lateral (
  select o.queue_id, o.assignee
  from task o
  where o.case_id = c.id and o.ended_at is null
  order by o.assignee is null, o.changed_at desc
  limit 1
) t on true
where c.id = $1

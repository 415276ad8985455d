-- Who has to do with a case. $1 case. Index: service_case_pkey, task_case.
select c.category, 'P' || c.priority, coalesce(t.queue_id, c.queue_id), coalesce(t.assignee, c.owner_id)
from service_case c
left join lateral (
  select queue_id, assignee
  from task
  where case_id = c.id and state < 6
  order by assignee is null, changed_at desc
  limit 1
) t on true
where c.id = $1

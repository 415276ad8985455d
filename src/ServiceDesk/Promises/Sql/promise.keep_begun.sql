-- By when work begins was promised: kept, when somebody has had a task of the case since and in time, or nothing is left to begin. $1 id. Uses the primary key,
-- task_case, task_event_task and service_case_pkey.
update promise p
set kept_at = b.at
from (
  select q.id, least(c.closed_at, (
    select min(e.at)
    from task t
    join task_event e on e.task_id = t.id
    where t.case_id = q.case_id and e.at >= q.made_at and e.verb in ('accept', 'assign', 'claim', 'start', 'complete')
  )) as at
  from promise q
  join service_case c on c.id = q.case_id
  where q.id = $1
) b
where p.id = b.id and p.kept_at is null and p.broken_at is null and b.at <= p.due_at

-- Cases of a category that are not settled and were opened since a moment, up to as many as matter, with the queue that most of them wait in. What came before an
-- earlier storm of the category ended does not count once more. $1 category, $2 since, $3 until, $4 how many matter. Index: service_case_cause,
-- escalation_storm, task_case.
select count(*), mode() within group (order by coalesce(c.queue_id, t.queue_id))
from (
  select id, queue_id
  from service_case
  where category = $1
    and opened_at <= $3
    and opened_at > greatest($2, (select max(e.ended_at) from escalation e where e.cause = $1 and e.subject_kind = 'storm'))
    and status not in ('resolved', 'in-follow-up', 'closed', 'cancelled', 'merged')
  order by opened_at desc
  limit $4
) c
left join lateral (
  select o.queue_id
  from task o
  where o.case_id = c.id and o.ended_at is null and o.queue_id is not null
  order by o.created_at
  limit 1
) t on true

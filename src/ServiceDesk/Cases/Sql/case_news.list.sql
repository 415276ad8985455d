-- What of a case was not heard yet, in order. $1 case, $2 how many. Uses the primary key and service_case_event_case.
select e.seq, e.key, e.case_id, e.at, e.actor, e.action, e.status, e.stage, e.facts::text, e.is_applied
from service_case_event e
where e.case_id = $1 and e.seq > coalesce((select heard_seq from case_news where case_id = $1), 0)
order by e.seq
limit $2

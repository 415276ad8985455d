-- The history of a case. $1 case, $2 after which number, $3 how many. Uses service_case_event_case.
select seq, at, actor, action, status, stage, reason, merged_into, is_applied
from service_case_event
where case_id = $1 and seq > $2
order by seq
limit $3

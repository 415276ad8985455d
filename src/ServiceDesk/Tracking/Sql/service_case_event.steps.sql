-- What happened to a case, as its customer may know it. $1 case. Uses service_case_event_case.
select status, at
from service_case_event
where case_id = $1 and is_applied and status is not null
order by seq
limit 200

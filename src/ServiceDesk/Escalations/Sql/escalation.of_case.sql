-- Open escalations of a case. $1 case. Index: escalation_case.
select id
from escalation
where case_id = $1 and state < 2
order by id

-- Open escalations of a case; not those of its customer, who stays disappointed when the case is settled. $1 case. Index: escalation_case_open.
select id
from escalation
where case_id = $1 and state < 2 and subject_kind <> 'customer'
order by id

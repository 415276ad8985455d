-- The history of an escalation, the latest 500 in order. $1 escalation. Index: escalation_event_escalation.
select at, kind, detail, who
from (select id, at, kind, detail, who from escalation_event where escalation_id = $1 order by id desc limit 500) as latest
order by id

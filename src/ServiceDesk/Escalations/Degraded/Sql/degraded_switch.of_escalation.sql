-- The switch of an escalation while it stands. $1 escalation. Primary key.
select s.definition_id
from degraded_switch s
where s.escalation_id = $1 and s.ended_at is null

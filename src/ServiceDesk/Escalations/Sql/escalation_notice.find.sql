-- A notice that was not sent. $1 escalation, $2 level, $3 recipient. Uses the primary key.
select level, recipient, role, due_at, sent_at, suppressed
from escalation_notice
where escalation_id = $1 and level = $2 and recipient = $3 and sent_at is null and suppressed is null

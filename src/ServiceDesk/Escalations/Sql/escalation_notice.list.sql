-- Who was told of an escalation. $1 escalation. Uses the primary key.
select level, recipient, role, due_at, sent_at, suppressed
from escalation_notice
where escalation_id = $1
order by level, due_at, recipient

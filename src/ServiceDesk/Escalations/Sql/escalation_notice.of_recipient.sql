-- What somebody was told, the latest first. $1 recipient, $2 how many. Index: escalation_notice_recipient.
select n.level, n.recipient, n.role, n.due_at, n.sent_at, n.suppressed, n.escalation_id
from escalation_notice n
where n.recipient = $1 and n.sent_at is not null
order by n.due_at desc
limit $2

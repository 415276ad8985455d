-- A notice was sent, or is not to be. $1 escalation, $2 level, $3 recipient, $4 when it was sent or null, $5 why not or null. Uses the primary key.
update escalation_notice
set sent_at = $4, suppressed = $5
where escalation_id = $1 and level = $2 and recipient = $3 and sent_at is null and suppressed is null

-- Starts go the usual way again. $1 escalation, $2 moment. Primary key.
update degraded_switch
set ended_at = $2
where escalation_id = $1 and ended_at is null

-- Why starts go the usual way though they should not, or null when they do not. $1 escalation, $2 why. Primary key.
update degraded_switch
set fault = $2
where escalation_id = $1 and fault is distinct from $2

-- Workflows that wait for what becomes of an escalation. $1 escalation. Index: escalation_signal_waiting.
select key, instance_id
from escalation_signal
where escalation_id = $1 and instance_id is not null

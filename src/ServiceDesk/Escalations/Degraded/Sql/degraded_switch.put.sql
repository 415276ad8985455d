-- Starts go another way while an escalation lasts; a higher level may name another definition. $1 escalation, $2 definition, $3 queue, $4 category, $5 channel,
-- $6 moment. Primary key.
insert into degraded_switch (escalation_id, definition_id, queue_id, category, channel, since)
values ($1, $2, $3, $4, $5, $6)
on conflict (escalation_id) do update
set definition_id = excluded.definition_id, fault = null

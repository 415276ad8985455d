-- Those of some clocks that are open and have another version of their policy, locked in the order of their ids; one that somebody holds is waited for.
-- $1 ids, $2 version. Uses the primary key.
select id, case_id, instance_id, metric, policy_id, policy_version, calendar_id, calendar_version, priority, target_amount, target_unit, extension, state, started_at, runs, consumed, due_at, pause_reason, breached_at, breach_reason, reprieve_at, stopped_at, thresholds, fired, next_percent, next_at, generation, rev
from sla_clock
where id = any ($1::text[]) and policy_version <> $2 and state < 3
order by id
for update

-- All clocks of a case that is about to be changed, in the order of their ids. $1 case. Index: sla_clock_case.
select id, case_id, instance_id, metric, policy_id, policy_version, calendar_id, calendar_version, priority, target_amount, target_unit, extension, state, started_at, runs, consumed, due_at, pause_reason, breached_at, breach_reason, reprieve_at, stopped_at, thresholds, fired, next_percent, next_at, generation, rev
from sla_clock
where case_id = $1
order by id
for update

-- Open clocks whose sums were made with an older version of their calendar. $1 calendar, $2 version, $3 after this
-- id, $4 how many. Index: sla_clock_calendar.
select id, case_id, instance_id, metric, policy_id, policy_version, calendar_id, calendar_version, priority, target_amount, target_unit, extension, state, started_at, runs, consumed, due_at, pause_reason, breached_at, breach_reason, reprieve_at, stopped_at, thresholds, fired, next_percent, next_at, generation, rev
from sla_clock
where calendar_id = $1 and calendar_version < $2 and state < 3 and id > $3
order by id
limit $4

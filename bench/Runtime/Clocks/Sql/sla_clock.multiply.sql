-- Many clocks like one, each of a case of its own. $1 the clock, $2 how many.
insert into sla_clock (id, case_id, instance_id, metric, policy_id, policy_version, calendar_id, calendar_version, priority, target_amount, target_unit, extension, state, started_at, runs, consumed, due_at, pause_reason, breached_at, breach_reason, reprieve_at, stopped_at, thresholds, fired, next_percent, next_at, generation, rev)
select c.id || '-' || n, c.case_id || '-' || n, c.instance_id, c.metric, c.policy_id, c.policy_version, c.calendar_id, c.calendar_version, c.priority, c.target_amount, c.target_unit, c.extension, c.state, c.started_at, c.runs, c.consumed, c.due_at, c.pause_reason, c.breached_at, c.breach_reason, c.reprieve_at, c.stopped_at, c.thresholds, c.fired, c.next_percent, c.next_at, c.generation, c.rev
from sla_clock c, generate_series(1, $2) n
where c.id = $1

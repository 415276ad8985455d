-- A page of clocks by id, newest first. $1 case, $2 metric, $3 state, $4 policy, $5 overdue since (due before it and running), $6 awaiting approval,
-- $7 before this id, $8 how many; null does not count. Planned for its values. Indexes: the primary key, sla_clock_case, sla_clock_policy.
select id, case_id, instance_id, metric, policy_id, policy_version, calendar_id, calendar_version, priority, target_amount, target_unit, extension, state, started_at, runs, consumed, due_at, pause_reason, breached_at, breach_reason, reprieve_at, stopped_at, thresholds, fired, next_percent, next_at, generation, rev
from sla_clock
where ($1::text is null or case_id = $1)
  and ($2::text is null or metric = $2)
  and ($3::smallint is null or state = $3)
  and ($4::text is null or policy_id = $4)
  and ($5::timestamptz is null or (state = 1 and due_at < $5))
  and (not $6::boolean or reprieve_at is not null)
  and ($7::text is null or id < $7)
order by id desc
limit $8

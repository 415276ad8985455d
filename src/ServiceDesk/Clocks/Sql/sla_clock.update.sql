-- Clocks after a change, locked before by whoever sends this. $1 clocks as a JSON list. Uses the primary key.
update sla_clock c
set policy_version = t.policy_version, calendar_version = t.calendar_version, priority = t.priority,
  target_amount = t.target_amount, target_unit = t.target_unit, extension = t.extension, state = t.state, started_at = t.started_at,
  runs = t.runs, consumed = t.consumed, due_at = t.due_at, pause_reason = t.pause_reason, breached_at = t.breached_at,
  breach_reason = t.breach_reason, reprieve_at = t.reprieve_at, stopped_at = t.stopped_at, thresholds = t.thresholds, fired = t.fired,
  next_percent = t.next_percent, next_at = t.next_at, generation = t.generation, rev = t.rev
from jsonb_to_recordset($1::jsonb) as t (id text, case_id text, instance_id text, metric text, policy_id text, policy_version int, calendar_id text, calendar_version int, priority text, target_amount int, target_unit smallint, extension bigint, state smallint, started_at timestamptz, runs timestamptz[], consumed bigint, due_at timestamptz, pause_reason text, breached_at timestamptz, breach_reason text, reprieve_at timestamptz, stopped_at timestamptz, thresholds int[], fired int[], next_percent int, next_at timestamptz, generation int, rev int)
where c.id = t.id

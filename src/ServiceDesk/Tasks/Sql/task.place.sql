-- Writes what routing keeps of a task that is locked. $1 id, $2 declined, $3 overflow, $4 latest, $5 owner of its case, $6 last agent of its customer,
-- $7 waits for one of them until, $8 when its earliest clock is due, $9 minutes by the value of its customer, $10 true with an
-- early warning. Index: task_pkey.
update task
set declined = $2,
    overflow = $3,
    latest_at = $4,
    case_owner = $5,
    last_agent = $6,
    sticky_until = $7,
    clock_due_at = $8,
    tier_boost = $9,
    has_early_warning = $10
where id = $1

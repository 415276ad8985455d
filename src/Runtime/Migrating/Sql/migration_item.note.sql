-- What became of items that were not moved; one that was moved meanwhile stays. $1 run, $2 instances, $3 status before, $4 statuses, $5 reasons,
-- $6 attempts, $7 due, $8 now. Index: migration_item_pkey.
update migration_item i
set status = t.status,
    reason = t.reason,
    attempts = t.attempts,
    due_at = t.due_at,
    lease_until = null,
    updated_at = $8
from unnest($2::text[], $4::smallint[], $5::text[], $6::integer[], $7::timestamptz[]) as t(instance_id, status, reason, attempts, due_at)
where i.run_id = $1 and i.instance_id = t.instance_id and i.status = $3

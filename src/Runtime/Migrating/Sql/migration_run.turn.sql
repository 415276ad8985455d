-- Takes a run from one of some statuses to another; whoever is first wins. $1 id, $2 statuses, $3 new status, $4 reason of a halt, $5 pace or null,
-- $6 begins, $7 ends, $8 generation that it must have or null. Index: migration_run_pkey.
update migration_run
set status = $3,
    halt_reason = $4,
    pace = coalesce($5, pace),
    started_at = coalesce(started_at, $6),
    ended_at = $7,
    generation = generation + 1
where id = $1 and status = any($2) and ($8::integer is null or generation = $8)
returning generation

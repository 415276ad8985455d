-- Items that could not be moved are tried again. $1 run, $2 statuses, $3 now. Index: migration_item_status.
update migration_item
set status = 0,
    attempts = 0,
    due_at = $3,
    updated_at = $3
where run_id = $1 and status = any($2)

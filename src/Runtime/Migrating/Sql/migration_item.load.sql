-- What items kept for their undo. $1 run, $2 instances. Index: migration_item_pkey.
select instance_id, status, from_version_id, from_version, before_state, row_version
from migration_item
where run_id = $1 and instance_id = any($2)

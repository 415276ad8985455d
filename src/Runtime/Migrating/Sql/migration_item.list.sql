-- Items of a run, in the order of their instances. $1 run, $2 status or null, $3 id of the last one before or null, $4 take.
-- Index: migration_item_pkey, migration_item_status.
select instance_id, status, reason, attempts, from_version_id, updated_at
from migration_item
where run_id = $1 and ($2::smallint is null or status = $2) and ($3::text is null or instance_id > $3)
order by instance_id
limit $4

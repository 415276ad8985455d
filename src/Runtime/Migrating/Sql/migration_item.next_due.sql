-- When the next item is due that nobody holds, or a lease ends; null for none. $1 run, $2 status. Index: migration_item_status.
select min(greatest(due_at, lease_until))
from migration_item
where run_id = $1 and status = $2

-- Until when somebody holds items in a status; null when nobody does. $1 run, $2 status, $3 now. Index: migration_item_status.
select min(lease_until)
from migration_item
where run_id = $1 and status = $2 and lease_until > $3

-- How many items of a run are in each status. $1 run. Index: migration_item_status.
select status, count(*)
from migration_item
where run_id = $1
group by status

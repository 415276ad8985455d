-- Leases items that are due, each to one caller. $1 run, $2 status, $3 now, $4 until, $5 how many. Index: migration_item_status, migration_item_pkey.
with due as (
  select instance_id
  from migration_item
  where run_id = $1 and status = $2 and due_at <= $3 and (lease_until is null or lease_until <= $3)
  order by due_at, instance_id
  limit $5
  for update skip locked
)
update migration_item i
set lease_until = $4
from due
where i.run_id = $1 and i.instance_id = due.instance_id
returning i.instance_id, i.attempts

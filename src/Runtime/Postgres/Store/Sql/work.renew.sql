-- Prolongs leases and reads the work. A row that a commit is removing at the moment is passed by. $1 ids, $2 until. Index: work_pkey.
with there as (
  select id
  from work
  where id = any($1) and buried_at is null
  order by id
  for update skip locked
),
renewed as (
  update work
  set lease_until = $2
  where id = any(array(select id from there))
  returning id, key, kind, instance_id, target, payload, due_at, attempts, error, buried_at
)
select * from renewed
order by due_at, id

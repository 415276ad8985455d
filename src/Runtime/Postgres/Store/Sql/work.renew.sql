-- Prolongs leases and reads the work. A row that a commit is removing at the moment is passed by. One that lasts nearly as long already is only read: a
-- batch that begins soon after it was leased writes nothing. $1 ids, $2 until. Index: work_pkey.
with there as (
  select id
  from work
  where id = any($1)
    and buried_at is null
    and (lease_until between $2 - interval '4 s' and $2) is not true
  order by id
  for update skip locked
),
renewed as (
  update work
  set lease_until = $2
  where id = any(array(select id from there))
  returning id, key, kind, instance_id, target, payload, due_at, attempts, error, buried_at
),
enough as (
  select id, key, kind, instance_id, target, payload, due_at, attempts, error, buried_at
  from work
  where id = any($1)
    and buried_at is null
    and lease_until between $2 - interval '4 s' and $2
)
select * from renewed
union all
select * from enough
order by due_at, id

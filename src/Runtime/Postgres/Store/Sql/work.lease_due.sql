-- Leases what is due and alive, and what somebody leased and did not finish; oldest first. Rows that others hold are passed by.
-- $1 now, $2 until, $3 how many. Index: work_due, work_lease, work_pkey.
with fresh as (
  select id, due_at
  from work
  where due_at <= $1 and lease_until is null and buried_at is null
  order by due_at
  limit $3
  for update skip locked
),
overdue as (
  select id, due_at
  from work
  where lease_until <= $1 and lease_until is not null
  order by lease_until
  limit $3
  for update skip locked
),
leased as (
  update work
  set lease_until = $2
  where id = any(array(
    select id
    from (select id, due_at from fresh union all select id, due_at from overdue) as found
    order by due_at, id
    limit $3
  ))
  returning id, key, kind, instance_id, target, payload, due_at, attempts, error, buried_at
)
select * from leased
order by due_at, id

-- The different demands of what waits in a queue: one step in the index for each. $1 queue. Index: waiting_order (index only).
with recursive step as (
  (
    select demand
    from waiting
    where queue_id = $1
    order by demand
    limit 1
  )
  union all
  select (
    select w.demand
    from waiting w
    where w.queue_id = $1 and w.demand > step.demand
    order by w.demand
    limit 1
  )
  from step
  where step.demand is not null
)
select demand
from step
where demand is not null

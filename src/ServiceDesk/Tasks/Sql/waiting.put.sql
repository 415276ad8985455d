-- Puts a task into its queue, and into the overflow queue where it has waited so long or its own is closed. $1 task, $2 queue, $3 demand, $4 virtual deadline, $5 since,
-- $6 true for the overflow queue too. Index: waiting_pkey, queue_pkey.
insert into waiting (task_id, queue_id, demand, virtual_deadline, enqueued_at)
select $1, place.id, $3, $4, $5
from (
  select $2::text as id
  union
  select overflow_to from queue where id = $2 and ($6 or state = 2) and overflow_to is not null
) as place
on conflict (task_id, queue_id) do update
set demand = excluded.demand,
    virtual_deadline = excluded.virtual_deadline

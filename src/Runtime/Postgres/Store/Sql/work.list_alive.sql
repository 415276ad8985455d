-- A page of work that is alive. Sent unprepared. $1 instance or null, $2 only ids above, $3 how many. Index: work_instance or work_pkey.
select id, key, kind, instance_id, target, payload, due_at, attempts, error, buried_at
from work
where buried_at is null
  and ($1::text is null or instance_id = $1)
  and id > $2
order by id
limit $3

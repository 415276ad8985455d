-- A page of work that was set aside. Sent unprepared. $1 instance or null, $2 only ids above, $3 how many. Index: work_buried or work_instance.
select id, key, kind, instance_id, target, payload, due_at, attempts, error, buried_at
from work
where buried_at is not null
  and ($1::text is null or instance_id = $1)
  and id > $2
order by id
limit $3

-- Waiters, oldest first; null parameters do not count. Sent unprepared, so that each call is planned for what it asks.
-- $1 hash, $2 instance, $3 correlation. Index: bookmark_hash, bookmark_pkey or workflow_instance_correlation.
select b.instance_id, b.id, b.hash, b.name, b.activity_id, b.node_id, i.correlation_id, b.due_at, b.payload, b.created_at
from bookmark b
join workflow_instance i on i.id = b.instance_id
where ($1::text is null or b.hash = $1)
  and ($2::text is null or b.instance_id = $2)
  and ($3::text is null or i.correlation_id = $3)
order by b.created_at, b.instance_id, b.id

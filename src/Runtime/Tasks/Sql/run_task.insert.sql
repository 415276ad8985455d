-- Tasks that workflows ask the world to do.
-- $1 task ids, $2 instance ids, $3 names, $4 payloads as JSON text, $5 moments. The primary key is used for the conflict.
insert into run_task (task_id, instance_id, name, payload, created_at)
select t.task_id, t.instance_id, t.name, t.payload::json, t.created_at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) as t (task_id, instance_id, name, payload, created_at)
on conflict (task_id) do nothing

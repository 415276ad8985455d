-- Asks for another place of the tasks of cases, if they have open ones; keys that exist are left alone. $1 key, $2 kind, $3 instance, $4 target, $5 payload,
-- $6 due at, $7 cases. Index: task_case, work_key_key.
insert into work (key, kind, instance_id, target, payload, due_at)
select key, kind, instance_id, target, payload, due_at
from unnest($1::text[], $2::smallint[], $3::text[], $4::bigint[], $5::bytea[], $6::timestamptz[], $7::text[])
  as t(key, kind, instance_id, target, payload, due_at, case_id)
where exists (select from task where task.case_id = t.case_id and task.state < 6)
on conflict (key) do nothing

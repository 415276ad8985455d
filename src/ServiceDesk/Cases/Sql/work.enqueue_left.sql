-- Puts the telling of ended workflows into the queue, if cases of theirs are open; keys that exist are left alone. $1 key, $2 kind, $3 instance, $4 target,
-- $5 payload, $6 due at, $7 instances that ended. Index: service_case_instance, work_key_key.
insert into work (key, kind, instance_id, target, payload, due_at)
select key, kind, instance_id, target, payload, due_at
from unnest($1::text[], $2::smallint[], $3::text[], $4::bigint[], $5::bytea[], $6::timestamptz[], $7::text[])
  as t(key, kind, instance_id, target, payload, due_at, ended_id)
where exists (select from service_case c where c.instance_id = t.ended_id and c.closed_at is null)
on conflict (key) do nothing

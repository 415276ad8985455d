-- Puts the telling of events into the queue, if anybody outside may hear them; keys that exist are left alone. $1 key, $2 kind, $3 instance, $4 target, $5 payload,
-- $6 due at. Index: work_key_key; subscriptions are few.
insert into work (key, kind, instance_id, target, payload, due_at)
select key, kind, instance_id, target, payload, due_at
from unnest($1::text[], $2::smallint[], $3::text[], $4::bigint[], $5::bytea[], $6::timestamptz[])
  as t(key, kind, instance_id, target, payload, due_at)
where exists (select from webhook_subscription where is_active)
on conflict (key) do nothing

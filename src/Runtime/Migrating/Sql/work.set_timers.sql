-- Part of the commits that move instances: the same timers with their new moments. $1 keys, $2 instances, $3 bookmarks, $4 due. No index.
insert into work (key, kind, instance_id, target, payload, due_at)
select key, 0, instance_id, target, ''::bytea, due_at
from unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[]) as t(key, instance_id, target, due_at)

-- Part of the commits that move instances: the new places of their waiters. $1 instances, $2 bookmarks, $3 hashes, $4 activities, $5 paths, $6 due,
-- $7 payloads. Index: bookmark_pkey.
update bookmark b
set hash = t.hash,
    activity_id = t.activity_id,
    node_id = t.node_id,
    due_at = t.due_at,
    payload = t.payload
from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[])
  as t(instance_id, id, hash, activity_id, node_id, due_at, payload)
where b.instance_id = t.instance_id and b.id = t.id

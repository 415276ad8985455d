-- One entry. $1 number, $2 ids of those whose entries may be seen, null for all. Index: primary key.
select
  number, case when isfinite(at) then (extract(epoch from at) * 1000000)::bigint else 0 end, actor_kind, actor_id, actor, on_behalf_of, address,
  session, action, subject, permission, outcome, begun, before, wanted, after, reason, prev_hash, hash
from audit_entry
where number = $1 and ($2::text[] is null or actor_id = any($2))

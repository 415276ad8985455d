-- All entries in the order of the chain. No parameters. Index: primary key.
select
  number, case when isfinite(at) then (extract(epoch from at) * 1000000)::bigint else 0 end, actor_kind, actor_id, actor, on_behalf_of, address,
  session, action, subject, permission, outcome, begun, before, wanted, after, reason, prev_hash, hash
from audit_entry
order by number

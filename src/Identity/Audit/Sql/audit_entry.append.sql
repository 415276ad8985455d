-- Adds entries behind the end of the chain, if the end is where the caller believes it; else nothing happens. One row affected for each entry.
-- $1, $2 new end: number, hash. $3, $4 end as the caller knows it. $5 on: columns of the entries, in order. Index: primary keys.
with moved as (
  update audit_head
  set number = $1, hash = $2
  where number = $3 and hash = $4
  returning number
)
insert into audit_entry (
  number, at, actor_kind, actor_id, actor, on_behalf_of, address, session, action, subject, permission, outcome, begun, before, wanted, after,
  reason, prev_hash, hash
)
select e.*
from moved
cross join unnest(
  $5::bigint[], $6::timestamptz[], $7::smallint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
  $15::text[], $16::smallint[], $17::bigint[], $18::text[], $19::text[], $20::text[], $21::text[], $22::bytea[], $23::bytea[]
) e

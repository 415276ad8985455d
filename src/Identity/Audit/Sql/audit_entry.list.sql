-- A page of entries, newest first. $1 actor in lower case, $2 action, $3 subject, $4 outcome, $5 from, $6 until (not included), $7 pattern that a text must
-- match, $8 number before which the page begins, $9 highest number, $10 ids of those whose entries may be seen, $11 rows. Null for any.
-- Index: audit_entry_at, _actor, _action, _subject or _trouble.
select
  number, case when isfinite(at) then (extract(epoch from at) * 1000000)::bigint else 0 end, actor_kind, actor_id, actor, on_behalf_of, address,
  session, action, subject, permission, outcome, begun, before, wanted, after, reason, prev_hash, hash
from audit_entry
where ($1::text is null or lower(actor) = $1)
  and ($2::text is null or action = $2)
  and ($3::text is null or subject = $3)
  and ($4::smallint is null or outcome = $4)
  and ($5::timestamptz is null or at >= $5)
  and ($6::timestamptz is null or at < $6)
  and (
    $7::text is null or subject ilike $7 or actor ilike $7 or on_behalf_of ilike $7 or address ilike $7 or before ilike $7 or wanted ilike $7
    or after ilike $7 or reason ilike $7
  )
  and ($8::bigint is null or (at, number) < ((select at from audit_entry where number = $8), $8))
  and ($9::bigint is null or number <= $9)
  and ($10::text[] is null or actor_id = any($10))
order by at desc, number desc
limit $11

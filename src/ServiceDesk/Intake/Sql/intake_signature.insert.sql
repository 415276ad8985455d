-- Remembers a signature once, and forgets those that count no more. $1 source, $2 signature, $3 now, $4 forgotten before. Uses the primary key and
-- intake_signature_at.
with forgotten as (
  delete from intake_signature where at < $4
)
insert into intake_signature (source_id, signature, at)
values ($1, $2, $3)
on conflict (source_id, signature) do nothing

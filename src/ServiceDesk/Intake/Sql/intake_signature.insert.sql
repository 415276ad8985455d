-- Remembers a signature once, and forgets some of those that count no more. $1 source, $2 signature, $3 now, $4 forgotten before. Uses the primary key and
-- intake_signature_at. What another transaction is forgetting is left to it.
with old as (
  select source_id, signature from intake_signature where at < $4 order by at limit 100 for update skip locked
), forgotten as (
  delete from intake_signature s using old o where s.source_id = o.source_id and s.signature = o.signature
)
insert into intake_signature (source_id, signature, at)
values ($1, $2, $3)
on conflict (source_id, signature) do nothing

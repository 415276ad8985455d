-- One at a time for each identity, until the transaction ends: two first contacts of one customer make one customer. $1 kinds, $2 values.
select pg_advisory_xact_lock(hashtextextended(k.key, 17))
from (
  select distinct i.kind || ':' || i.value as key
  from unnest($1::text[], $2::text[]) as i (kind, value)
  order by key
) k

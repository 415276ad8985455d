-- Part of a commit: who won, when some instances are new. $1 ids. The "is true" keeps a hashed look-up from becoming a nested loop.
won as (
  select n
  from saved
  union all
  select t.n::integer
  from unnest($1::text[]) with ordinality as t(id, n)
  where (t.id in (select id from made)) is true
)

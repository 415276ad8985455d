-- Part of a commit: who won, when all instances are new. $1 ids.
won as (
  select t.n::integer as n
  from unnest($1::text[]) with ordinality as t(id, n)
  where (t.id in (select id from made)) is true
)

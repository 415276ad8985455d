-- Part of a commit: locks the instances, then the work that bursts did; in this order everywhere, so that nobody waits in a circle.
-- $1 instance ids, $16 work ids. Index: workflow_instance_pkey, work_pkey.
held as (
  select i.id
  from unnest($1::text[]) with ordinality as t(id, n)
  join workflow_instance i on i.id = t.id
  order by t.n
  for update of i
),
locked as (
  select w.id
  from work w
  where w.id = any($16::bigint[]) and (select count(*) from held) >= 0
  order by w.id
  for update
)

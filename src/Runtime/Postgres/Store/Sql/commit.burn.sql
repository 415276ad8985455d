-- Part of a commit: waiters that are gone. $18 burst, $19 instance, $20 bookmark. Index: bookmark_pkey.
burned as (
  delete from bookmark b
  using unnest($18::integer[], $19::text[], $20::bigint[]) as x(n, instance_id, id)
  where b.instance_id = x.instance_id
    and b.id = x.id
    and (x.n in (select n from won)) is true
  returning b.instance_id, b.id, b.due_at
)

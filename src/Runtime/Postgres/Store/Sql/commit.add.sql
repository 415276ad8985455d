-- Part of a commit: waiters that appeared. $21 burst, $22 instance, $23 to $30: see CommitColumns. Index: bookmark_pkey.
added as (
  insert into bookmark (instance_id, id, hash, name, activity_id, node_id, due_at, payload, created_at)
  select x.instance_id, x.id, x.hash, x.name, x.activity_id, x.node_id, x.due_at, x.payload, x.created_at
  from unnest(
    $21::integer[], $22::text[], $23::bigint[], $24::text[], $25::text[], $26::text[], $27::text[], $28::timestamptz[], $29::bytea[],
    $30::timestamptz[]
  ) as x(n, instance_id, id, hash, name, activity_id, node_id, due_at, payload, created_at)
  where (x.n in (select n from won)) is true
)

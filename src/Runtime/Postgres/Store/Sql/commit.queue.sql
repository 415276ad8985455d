-- Part of a commit: work that bursts caused, after what was cleared: a key may be replaced. $31 burst, $32 to $37: see CommitColumns. Index: work_key_key.
queued as (
  insert into work (key, kind, instance_id, target, payload, due_at)
  select x.key, x.kind, x.instance_id, x.target, x.payload, x.due_at
  from unnest($31::integer[], $32::text[], $33::smallint[], $34::text[], $35::bigint[], $36::bytea[], $37::timestamptz[])
    as x(n, key, kind, instance_id, target, payload, due_at)
  where (select count(*) from cleared) >= 0 and (x.n in (select n from won)) is true
  on conflict (key) do nothing
)

-- Replaces one piece of work by others. $1 id, $2 key, $3 kind, $4 instance, $5 target, $6 payload, $7 due at. Index: work_pkey, work_key_key.
with gone as (
  delete from work
  where id = $1
  returning id
),
queued as (
  insert into work (key, kind, instance_id, target, payload, due_at)
  select key, kind, instance_id, target, payload, due_at
  from unnest($2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::bytea[], $7::timestamptz[])
    as t(key, kind, instance_id, target, payload, due_at)
  where (select count(*) from gone) = 1
  on conflict (key) do nothing
)
select count(*) from gone

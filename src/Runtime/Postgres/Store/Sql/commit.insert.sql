-- Part of a commit: new instances. $1 to $17: see CommitColumns. Index: workflow_instance_pkey.
made as (
  insert into workflow_instance (
    id, definition_id, version_id, version, row_version, sub_status, correlation_id, name, parent_id, incident_count,
    state, created_at, updated_at, finished_at, lease_owner, lease_until, commit_id
  )
  select
    t.id, t.definition_id, t.version_id, t.version, 1, t.sub_status, t.correlation_id, t.name, t.parent_id, t.incident_count,
    t.state, t.now, t.now, t.finished_at, case when t.keeps_until is not null then t.owner end, t.keeps_until, $17
  from unnest(
    $1::text[], $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::smallint[], $7::text[], $8::text[], $9::text[], $10::integer[],
    $11::bytea[], $12::timestamptz[], $13::timestamptz[], $14::text[], $15::timestamptz[], $16::bigint[]
  ) as t(
    id, expected, definition_id, version_id, version, sub_status, correlation_id, name, parent_id, incident_count,
    state, now, finished_at, owner, keeps_until, done
  )
  where t.expected = 0 and (t.done is null or t.done in (select id from locked))
  on conflict (id) do nothing
  returning id
)

-- Part of a commit: instances that exist. The condition decides who wins. $1 to $17: see CommitColumns. Index: workflow_instance_pkey.
saved as (
  update workflow_instance i
  set definition_id = t.definition_id,
      version_id = t.version_id,
      version = t.version,
      row_version = i.row_version + 1,
      sub_status = t.sub_status,
      correlation_id = t.correlation_id,
      name = t.name,
      parent_id = t.parent_id,
      incident_count = t.incident_count,
      state = t.state,
      updated_at = t.now,
      finished_at = t.finished_at,
      lease_owner = case when t.keeps_until is not null then t.owner end,
      lease_until = t.keeps_until,
      commit_id = $17
  from unnest(
    $1::text[], $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::smallint[], $7::text[], $8::text[], $9::text[], $10::integer[],
    $11::bytea[], $12::timestamptz[], $13::timestamptz[], $14::text[], $15::timestamptz[], $16::bigint[]
  ) with ordinality as t(
    id, expected, definition_id, version_id, version, sub_status, correlation_id, name, parent_id, incident_count,
    state, now, finished_at, owner, keeps_until, done, n
  )
  where t.expected <> 0
    and i.id = t.id
    and i.row_version = t.expected
    and (i.lease_owner is null or i.lease_until <= t.now or i.lease_owner = t.owner)
    and (t.done is null or t.done in (select id from locked))
  returning t.n::integer as n
)

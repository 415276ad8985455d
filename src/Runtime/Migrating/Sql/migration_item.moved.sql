-- Part of the commits that move instances: what they were before. $1 runs, $2 instances, $3 statuses, $4 row versions, $5 from version, $6 its number,
-- $7 state before, $8 now. A null keeps what was noted: an undo brings nothing new. Index: migration_item_pkey.
update migration_item i
set status = t.status,
    reason = null,
    lease_until = null,
    row_version = t.row_version,
    from_version_id = coalesce(t.from_version_id, i.from_version_id),
    from_version = coalesce(t.from_version, i.from_version),
    before_state = coalesce(t.before_state, i.before_state),
    updated_at = t.now
from unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::text[], $6::integer[], $7::bytea[], $8::timestamptz[])
  as t(run_id, instance_id, status, row_version, from_version_id, from_version, before_state, now)
where i.run_id = t.run_id and i.instance_id = t.instance_id

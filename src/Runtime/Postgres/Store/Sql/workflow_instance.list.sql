-- A page of instances, newest first; null parameters do not count. Sent unprepared, so that each call is planned for what it asks.
-- $1 definition, $2 version, $3 sub-status, $4 correlation, $5 parent, $6 has incidents, $7 is running, $8 and $9 created at and id of the
-- last one of the page before, $10 skip, $11 take. Index: whichever fits, workflow_instance_created at the least.
select id, definition_id, version_id, version, sub_status, correlation_id, name, parent_id, incident_count, created_at, updated_at, finished_at
from workflow_instance
where ($1::text is null or definition_id = $1)
  and ($2::text is null or version_id = $2)
  and ($3::smallint is null or sub_status = $3)
  and ($4::text is null or correlation_id = $4)
  and ($5::text is null or parent_id = $5)
  and ($6::boolean is null or ($6 and incident_count > 0) or (not $6 and incident_count = 0))
  and ($7::boolean is null or ($7 and finished_at is null) or (not $7 and finished_at is not null))
  and ($8::timestamptz is null or (created_at, id) < ($8, $9::text))
order by created_at desc, id desc
offset $10
limit $11

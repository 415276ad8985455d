-- A page of the instances that a run would be about, in the order of their ids. $1 definition, $2 target version, $3 source versions or null,
-- $4 instances or null, $5 correlation or null, $6 id of the last one before or null, $7 take. Index: workflow_instance_pkey.
select id, version_id, version, row_version, state, lease_owner, lease_until
from workflow_instance
where definition_id = $1
  and (finished_at is null or sub_status = 4)
  and ($3::text[] is not null or $4::text[] is not null or version_id <> $2)
  and ($3::text[] is null or version_id = any($3))
  and ($4::text[] is null or id = any($4))
  and ($5::text is null or correlation_id = $5)
  and ($6::text is null or id > $6)
order by id
limit $7

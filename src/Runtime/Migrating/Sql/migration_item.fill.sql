-- Writes down the instances of a run. $1 run, $2 definition, $3 target version, $4 source versions or null, $5 instances or null, $6 correlation or null,
-- $7 now. Faulted instances count: a repair may bring them back. Index: workflow_instance_version, workflow_instance_running, workflow_instance_pkey.
insert into migration_item (run_id, instance_id, status, due_at, updated_at)
select $1, id, 0, $7, $7
from workflow_instance
where definition_id = $2
  and (finished_at is null or sub_status = 4)
  and ($4::text[] is not null or $5::text[] is not null or version_id <> $3)
  and ($4::text[] is null or version_id = any($4))
  and ($5::text[] is null or id = any($5))
  and ($6::text is null or correlation_id = $6)
order by id
on conflict (run_id, instance_id) do nothing

-- How many instances run on each version of a line. $1 line. Index: workflow_instance_running_version, definition_version_pkey.
select r.version_id, d.version, r.running
from (
  select version_id, count(*) as running
  from workflow_instance
  where definition_id = $1 and finished_at is null
  group by version_id
) r
left join definition_version d on d.id = r.version_id
order by d.version nulls last, r.version_id

-- Makes many running instances of one. $1 id of the instance, $2 how many. No index.
insert into workflow_instance (
  id, definition_id, version_id, version, row_version, sub_status, correlation_id, incident_count, state, created_at, updated_at
)
select id || '-' || n, definition_id, version_id, version, row_version, sub_status, correlation_id, incident_count, state, created_at, updated_at
from workflow_instance, generate_series(1, $2) as n
where id = $1

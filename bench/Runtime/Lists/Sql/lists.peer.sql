-- The peer: one row by its key. $1 id. Index: workflow_instance_pkey.
select id, definition_id, version_id, version, sub_status, correlation_id, name, parent_id, incident_count, created_at, updated_at, finished_at
from workflow_instance
where id = $1

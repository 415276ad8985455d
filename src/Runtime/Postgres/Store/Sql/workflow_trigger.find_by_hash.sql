-- Triggers with a hash. $1 hash. Index: workflow_trigger_hash.
select definition_id, version_id, activity_id, node_id, name, hash, payload
from workflow_trigger
where hash = $1
order by definition_id, node_id, hash

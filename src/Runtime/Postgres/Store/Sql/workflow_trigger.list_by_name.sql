-- Triggers of a stimulus name. $1 name. Index: workflow_trigger_name.
select definition_id, version_id, activity_id, node_id, name, hash, payload
from workflow_trigger
where name = $1
order by definition_id, node_id, hash

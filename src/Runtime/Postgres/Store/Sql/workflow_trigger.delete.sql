-- Removes the triggers of a line. $1 line. Index: workflow_trigger_definition.
delete from workflow_trigger
where definition_id = $1

-- Removes a line that no instance uses, with its snapshots. $1 line. Index: definition_version_number, definition_version_snapshot,
-- workflow_instance_definition. Answers whether instances use it.
with used as (
  select exists (select from workflow_instance where definition_id = $1) as is_used
),
gone as (
  delete from definition_version
  where ((definition_id = $1 and not is_snapshot) or (definition_id = $1 and is_snapshot))
    and not (select is_used from used)
)
select is_used from used

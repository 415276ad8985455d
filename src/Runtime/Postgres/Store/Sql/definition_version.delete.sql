-- Removes a version that no instance uses, and to which none could be moved back: its history tells of it too. $1 id.
-- Index: definition_version_pkey, workflow_instance_version, migration_item_from.
-- Answers whether instances use it.
with used as (
  select exists (select from workflow_instance where version_id = $1)
    or exists (select from migration_item where from_version_id = $1) as is_used
),
gone as (
  delete from definition_version
  where id = $1 and not (select is_used from used)
)
select is_used from used

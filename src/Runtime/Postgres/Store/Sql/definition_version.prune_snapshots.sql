-- Removes some snapshots of drafts that no instance uses, and to which none could be moved back. $1 made or used last before, $2 at most.
-- Index: definition_version_snapshot, workflow_instance_version, migration_item_from.
delete from definition_version
where id = any(array(
    select v.id
    from definition_version v
    where v.is_snapshot
      and v.created_at < $1
      and not exists (select from workflow_instance where version_id = v.id)
      and not exists (select from migration_item where from_version_id = v.id)
    limit $2
  ))
  and is_snapshot
  and created_at < $1

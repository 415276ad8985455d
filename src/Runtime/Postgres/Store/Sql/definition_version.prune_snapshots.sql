-- Removes some snapshots of drafts that no instance uses, to which none could be moved back, and on which none waits to start.
-- $1 made or used last before, $2 at most. The target of a start is the digest at the end of the id (Snapshots.NumberOf).
-- Index: definition_version_snapshot, workflow_instance_version, migration_item_from, work_snapshot.
delete from definition_version
where id = any(array(
    select v.id
    from definition_version v
    where v.is_snapshot
      and v.created_at < $1
      and not exists (select from workflow_instance where version_id = v.id)
      and not exists (select from migration_item where from_version_id = v.id)
      and not exists (
        select from work
        where kind = 2
          and target <> 0
          and target = case when v.id ~ '~[0-9a-f]{16}$' then ('x' || right(v.id, 16))::bit(64)::bigint end
      )
    limit $2
  ))
  and is_snapshot
  and created_at < $1

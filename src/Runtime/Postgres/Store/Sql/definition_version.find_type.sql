-- A version by its name as an activity type. $1 name, $2 number, 0 for a published one, -1 for a latest. Index: definition_version_type.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, description, tool_version, is_readonly, is_system,
  usable_as_activity, is_snapshot, published_by, warning_count, content, pins, consumes, warnings
from definition_version
where type_name = $1
  and not is_snapshot
  and ((version = $2) or ($2 = 0 and is_published) or ($2 = -1 and is_latest))
order by created_at desc, version desc
limit 1

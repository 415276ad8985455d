-- A version of a line. $1 line, $2 number, 0 for the published one, -1 for the latest. Index: definition_version_number.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, description, tool_version, is_readonly, is_system,
  usable_as_activity, is_snapshot, published_by, warning_count, content, pins, consumes, warnings
from definition_version
where definition_id = $1
  and not is_snapshot
  and ((version = $2) or ($2 = 0 and is_published) or ($2 = -1 and is_latest))
order by version desc
limit 1

-- A version, or a snapshot. $1 id. Index: definition_version_pkey.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, description, tool_version, is_readonly, is_system,
  usable_as_activity, is_snapshot, published_by, warning_count, content, pins, consumes, warnings
from definition_version
where id = $1

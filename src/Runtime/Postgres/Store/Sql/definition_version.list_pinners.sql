-- Versions of other lines that were published with one of these versions. $1 ids. Index: definition_version_uses, definition_version_pkey.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, description, tool_version, is_readonly, is_system,
  usable_as_activity, is_snapshot, published_by, warning_count
from definition_version
where uses && $1
  and definition_id <> all(array(select definition_id from definition_version where id = any($1)))
order by definition_id, version

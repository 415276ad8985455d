-- Versions that may be used as activities, drafts too, with content. $1 line, or null for all. Index: definition_version_activity.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, description, tool_version, is_readonly, is_system,
  usable_as_activity, is_snapshot, published_by, warning_count, content, pins, consumes, warnings
from definition_version
where ($1::text is null or definition_id = $1)
  and not is_snapshot
  and usable_as_activity
order by definition_id, version

-- Latest and published versions whose call sites name a line. $1 line. Index: definition_version_consumes.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, description, tool_version, is_readonly, is_system,
  usable_as_activity, is_snapshot, published_by, warning_count
from definition_version
where consumes @> array[$1]
  and (is_latest or is_published)
order by definition_id, version

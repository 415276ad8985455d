-- Versions without content. $1 line, or null for all. Index: definition_version_number.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at
from definition_version
where ($1::text is null or definition_id = $1)
order by definition_id, version

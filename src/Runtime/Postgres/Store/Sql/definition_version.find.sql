-- A version. $1 id. Index: definition_version_pkey.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, content, pins
from definition_version
where id = $1

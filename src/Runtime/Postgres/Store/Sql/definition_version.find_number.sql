-- A version of a line. $1 line, $2 number, 0 for the published one, -1 for the latest. Index: definition_version_number.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, content, pins
from definition_version
where definition_id = $1
  and ((version = $2) or ($2 = 0 and is_published) or ($2 = -1 and is_latest))
order by created_at desc, version desc
limit 1

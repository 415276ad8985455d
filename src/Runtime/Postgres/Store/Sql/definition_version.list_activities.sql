-- Versions that were published once and may be used as activities, with content. $1 line, or null for all: then it reads every content, which only
-- a server does that starts. The text is searched, not parsed: whoever reads a row looks again. Index: definition_version_number.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, content, pins
from definition_version
where ($1::text is null or definition_id = $1)
  and published_at is not null
  and convert_from(content, 'UTF8') ~* '"usableAsActivity"\s*:\s*true'
order by definition_id, version

-- Locks versions before they are saved; tells which were published with another content. $1 ids, $2 contents. Index: definition_version_pkey.
select d.definition_id, d.version, d.published_at is not null and d.content <> t.content
from unnest($1::text[], $2::bytea[]) as t(id, content)
join definition_version d on d.id = t.id
order by d.id
for update of d

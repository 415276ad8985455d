-- Locks versions before they are saved; tells which were published, or are snapshots, with other content or pins.
-- $1 ids, $2 contents, $3 pins. Index: definition_version_pkey.
select d.definition_id, d.version, (d.published_at is not null or d.is_snapshot) and (d.content <> t.content or d.pins <> t.pins)
from unnest($1::text[], $2::bytea[], $3::bytea[]) as t(id, content, pins)
join definition_version d on d.id = t.id
order by d.id
for update of d

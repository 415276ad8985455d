-- Inserts or updates versions. $1 id, $2 line, $3 number, $4 name, $5 type name, $6 latest, $7 published, $8 content, $9 pins, $10 note,
-- $11 created at, $12 published at. Index: definition_version_pkey.
insert into definition_version (
  id, definition_id, version, name, type_name, is_latest, is_published, content, pins, note, created_at, published_at
)
select *
from unnest(
  $1::text[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::boolean[], $7::boolean[], $8::bytea[], $9::bytea[], $10::text[],
  $11::timestamptz[], $12::timestamptz[]
)
on conflict (id) do update
set definition_id = excluded.definition_id,
    version = excluded.version,
    name = excluded.name,
    type_name = excluded.type_name,
    is_latest = excluded.is_latest,
    is_published = excluded.is_published,
    content = excluded.content,
    pins = excluded.pins,
    note = excluded.note,
    created_at = excluded.created_at,
    published_at = excluded.published_at

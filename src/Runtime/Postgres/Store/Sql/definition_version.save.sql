-- Inserts or updates versions; the first publication stays. $1 id, $2 line, $3 number, $4 name, $5 type name, $6 latest, $7 published, $8 content,
-- $9 pins, $10 note, $11 created at, $12 published at, $13 description, $14 designer, $15 read-only, $16 system, $17 usable as activity,
-- $18 snapshot, $19 published by, $20 warnings, $21 how many, $22 consumed lines and $23 used versions, each as a JSON array.
-- Index: definition_version_pkey.
insert into definition_version (
  id, definition_id, version, name, type_name, is_latest, is_published, content, pins, note, created_at, published_at, description, tool_version,
  is_readonly, is_system, usable_as_activity, is_snapshot, published_by, warnings, warning_count, consumes, uses
)
select
  t.id, t.definition_id, t.version, t.name, t.type_name, t.is_latest, t.is_published, t.content, t.pins, t.note, t.created_at, t.published_at,
  t.description, t.tool_version, t.is_readonly, t.is_system, t.usable_as_activity, t.is_snapshot, t.published_by, t.warnings, t.warning_count,
  array(select jsonb_array_elements_text(t.consumes)), array(select jsonb_array_elements_text(t.uses))
from unnest(
  $1::text[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::boolean[], $7::boolean[], $8::bytea[], $9::bytea[], $10::text[],
  $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[], $15::boolean[], $16::boolean[], $17::boolean[], $18::boolean[], $19::text[],
  $20::bytea[], $21::integer[], $22::jsonb[], $23::jsonb[]
) as t(
  id, definition_id, version, name, type_name, is_latest, is_published, content, pins, note, created_at, published_at, description, tool_version,
  is_readonly, is_system, usable_as_activity, is_snapshot, published_by, warnings, warning_count, consumes, uses
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
    published_at = coalesce(definition_version.published_at, excluded.published_at),
    description = excluded.description,
    tool_version = excluded.tool_version,
    is_readonly = excluded.is_readonly,
    is_system = excluded.is_system,
    usable_as_activity = excluded.usable_as_activity,
    is_snapshot = excluded.is_snapshot,
    published_by = excluded.published_by,
    warnings = excluded.warnings,
    warning_count = excluded.warning_count,
    consumes = excluded.consumes,
    uses = excluded.uses

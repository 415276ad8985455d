-- A page of versions without content; null parameters do not count. Sent unprepared, so that each call is planned for what it asks: a case over
-- parameters is gone before the plan is made, and an order that is not asked for with it.
-- $1 which versions (VersionKind), $2 number, $3 lines, $4 ids, $5 pattern in lower case, $6 system, $7 read-only, $8 usable as activity,
-- $9 order (DefinitionOrder), $10 descending, $11 skip, $12 take.
-- Index: whichever fits: definition_version_current, _name, _created, _number, _search, _pkey.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at, description, tool_version, is_readonly, is_system,
  usable_as_activity, is_snapshot, published_by, warning_count
from definition_version
where (case $1::smallint
    when 0 then true
    when 1 then is_latest
    when 2 then is_published
    when 3 then is_latest or is_published
    when 4 then is_latest and is_published
    when 5 then is_latest and not is_published
    else version = $2::integer
  end)
  and ($3::text[] is null or definition_id = any($3))
  and ($4::text[] is null or id = any($4))
  and ($5::text is null or search_text like $5)
  and ($6::boolean is null or is_system = $6)
  and ($7::boolean is null or is_readonly = $7)
  and ($8::boolean is null or usable_as_activity = $8)
  and ($4::text[] is not null or not is_snapshot)
order by
  case when $9::smallint = 0 and not $10::boolean then created_at end,
  case when $9 = 0 and $10 then created_at end desc,
  case when $9 = 1 and not $10 then name_key end,
  case when $9 = 1 and $10 then name_key end desc,
  case when $9 = 2 and not $10 then version end,
  case when $9 = 2 and $10 then version end desc,
  case when not $10 then definition_id end,
  case when $10 then definition_id end desc,
  case when not $10 then version end,
  case when $10 then version end desc,
  id
offset $11
limit $12

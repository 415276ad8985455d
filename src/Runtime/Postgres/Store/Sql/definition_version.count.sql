-- How many versions a filter finds; parameters $1 to $8 as in definition_version.page. Index: as there.
select count(*)
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

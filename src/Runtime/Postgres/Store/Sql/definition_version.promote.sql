-- Makes the newest version of a line its latest, when it has none. $1 line. Index: definition_version_number, definition_version_latest.
update definition_version
set is_latest = true
where id = (
    select id
    from definition_version
    where definition_id = $1 and not is_snapshot
    order by version desc
    limit 1
  )
  and not exists (select from definition_version where definition_id = $1 and is_latest)

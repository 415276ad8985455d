-- Whether the latest version of a line has a name. $1 name, $2 line that does not count, or null. Index: definition_version_current.
select exists (
  select
  from definition_version
  where is_latest
    and name_key = lower(left($1, 200))
    and lower(name) = lower($1)
    and definition_id is distinct from $2
)

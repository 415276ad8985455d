-- Takes the flags away from versions that are saved next, so that the order of the rows does not matter. $1 ids. Index: definition_version_pkey.
update definition_version
set is_latest = false,
    is_published = false
where id = any($1)

-- The next version of a calendar, if it is as it was seen. $1 id, $2 name, $3 version as seen, $4 moment. Uses the primary key.
update business_calendar
set name = $2, version = version + 1, changed_at = $4
where id = $1 and version = $3

-- Ends a session. $1 id, $2 moment, $3 who ended it. Primary key.
update session
set ended_at = $2, ended_by = $3
where id = $1 and ended_at is null

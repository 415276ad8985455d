-- A sign-in that succeeded: attempts are forgotten. $1 id, $2 moment. Primary key.
update person
set failed_count = 0, locked_until = null, seen_at = $2
where id = $1

-- Ends the lock for wrong passwords. $1 id. Primary key.
update person
set failed_count = 0, locked_until = null
where id = $1

-- Removes a person with all sessions. $1 id, $2 row version that was seen. Primary key.
delete from person
where id = $1 and row_version = $2

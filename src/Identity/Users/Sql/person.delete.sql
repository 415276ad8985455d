-- Removes a person with all sessions. $1 id. Primary key.
delete from person
where id = $1

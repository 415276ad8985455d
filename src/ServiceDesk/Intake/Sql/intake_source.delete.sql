-- Removes a source with the signatures that were seen of it. $1 id. Uses the primary key.
delete from intake_source where id = $1

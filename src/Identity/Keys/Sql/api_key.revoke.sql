-- Takes a key out of use. $1 id, $2 moment, $3 who. Primary key. One that is out of use stays as it is.
update api_key
set revoked_at = $2, revoked_by = $3
where id = $1 and revoked_at is null

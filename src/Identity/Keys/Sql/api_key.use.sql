-- Notes that a key was used. $1 id, $2 moment, $3 from where. Primary key.
update api_key
set used_at = $2, used_from = $3
where id = $1 and (used_at is null or used_at < $2)

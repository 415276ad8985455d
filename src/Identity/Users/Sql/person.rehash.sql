-- The same password in a newer form. $1 id, $2 new hash, $3 old hash. Primary key.
update person
set password_hash = $2
where id = $1 and password_hash = $3

-- Takes a recovery code, once. $1 id, $2 hash. Primary key.
update person
set recovery_codes = array_remove(recovery_codes, $2)
where id = $1 and $2 = any (recovery_codes)

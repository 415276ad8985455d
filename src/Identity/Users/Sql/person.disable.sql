-- Locks a person out, or lets them in again. $1 id, $2 locked out, $3 moment, $4 row version that was seen. Primary key.
update person
set is_disabled = $2, changed_at = $3, row_version = row_version + 1
where id = $1 and row_version = $4

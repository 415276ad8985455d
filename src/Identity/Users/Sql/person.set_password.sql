-- A new password; a lock for wrong ones ends. $1 id, $2 hash, $3 must be changed at the next sign-in, $4 moment, $5 row version that was
-- seen (null: whatever it is). Primary key.
update person
set password_hash = $2, must_change_password = $3, password_at = $4, failed_count = 0, locked_until = null, changed_at = $4, row_version = row_version + 1
where id = $1 and ($5::bigint is null or row_version = $5)

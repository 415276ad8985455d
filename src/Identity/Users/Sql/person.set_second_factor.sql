-- Sets, confirms or takes away the second factor. $1 id, $2 protected secret, $3 since when it is asked for, $4 time step that was used, $5 hashes of
-- recovery codes, $6 moment, $7 row version that was seen (null: whatever it is). Primary key.
update person
set totp_secret = $2, totp_since = $3, totp_step = $4, recovery_codes = $5, changed_at = $6, row_version = row_version + 1
where id = $1 and ($7::bigint is null or row_version = $7)

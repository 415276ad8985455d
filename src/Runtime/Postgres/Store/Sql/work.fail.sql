-- Notes a failure. $1 id, $2 not before, $3 reason. Index: work_pkey.
update work
set attempts = attempts + 1,
    error = $3,
    lease_until = $2
where id = $1 and buried_at is null
returning attempts

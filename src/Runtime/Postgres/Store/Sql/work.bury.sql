-- Sets work aside. $1 id, $2 now, $3 reason. Index: work_pkey.
update work
set buried_at = $2,
    error = $3,
    lease_until = null
where id = $1 and buried_at is null

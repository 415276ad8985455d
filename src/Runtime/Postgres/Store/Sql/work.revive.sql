-- Brings work back that was set aside. $1 ids, $2 due at. Index: work_pkey.
update work
set buried_at = null,
    attempts = 0,
    error = null,
    lease_until = null,
    due_at = $2
where id = any($1) and buried_at is not null

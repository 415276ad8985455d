-- Another plan for a draft. $1 id, $2 the status of a draft, $3 plan, $4 scope, $5 note. Index: migration_run_pkey.
update migration_run
set plan = $3,
    scope = $4,
    note = $5
where id = $1 and status = $2

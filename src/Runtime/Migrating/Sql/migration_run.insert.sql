-- A new draft. $1 id, $2 definition, $3 target version, $4 its number, $5 scope, $6 plan, $7 pace, $8 status, $9 note, $10 who, $11 now. No index.
insert into migration_run (id, definition_id, target_version_id, target_version, scope, plan, pace, status, note, who, generation, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)

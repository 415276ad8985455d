-- Runs, newest first. $1 definition or null, $2 skip, $3 take. Index: migration_run_created, migration_run_definition.
select id, definition_id, target_version_id, target_version, scope, plan, pace, status, note, who, halt_reason, generation, created_at, started_at, ended_at
from migration_run
where ($1::text is null or definition_id = $1)
order by created_at desc, id desc
offset $2
limit $3

-- One run. $1 id. Index: migration_run_pkey.
select id, definition_id, target_version_id, target_version, scope, plan, pace, status, note, who, halt_reason, generation, created_at, started_at, ended_at
from migration_run
where id = $1

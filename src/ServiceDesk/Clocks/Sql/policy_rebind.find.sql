-- A move of clocks. $1 id. Uses the primary key.
select id, policy_id, version, total, done, changed, missed, no_target, last_id, step, asked_by, started_at, changed_at, finished_at
from policy_rebind
where id = $1

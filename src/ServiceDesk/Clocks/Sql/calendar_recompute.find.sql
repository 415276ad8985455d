-- A reckoning. $1 id. Uses the primary key.
select id, calendar_id, version, total, done, moved, missed, reprieves, last_id, step, asked_by, started_at, changed_at, finished_at
from calendar_recompute
where id = $1

-- The latest fifty reckonings of a calendar. $1 calendar. Index: calendar_recompute_calendar.
select id, calendar_id, version, total, done, moved, missed, reprieves, last_id, step, asked_by, started_at, changed_at, finished_at
from calendar_recompute
where calendar_id = $1
order by started_at desc, id desc
limit 50

-- Alarms, those that stand first. No parameters. Small table.
select key, kind, subject, message, raised_at, cleared_at
from desk_alarm
order by cleared_at is not null, raised_at desc
limit 500

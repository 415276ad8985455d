-- The history of a clock, the latest 500 in order. $1 clock. Index: clock_event_clock.
select at, kind, detail, who
from (select id, at, kind, detail, who from clock_event where clock_id = $1 order by id desc limit 500) as latest
order by id

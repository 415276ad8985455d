-- The timers of many clocks like one. $1 the clock, $2 how many.
insert into work (key, kind, instance_id, target, payload, due_at)
select
  'm:clock:' || $1 || '-' || n || ':1', w.kind, w.instance_id, w.target,
  convert_to(replace(convert_from(w.payload, 'UTF8'), $1, $1 || '-' || n), 'UTF8'), w.due_at
from work w, generate_series(1, $2) n
where w.key = 'm:clock:' || $1 || ':1'

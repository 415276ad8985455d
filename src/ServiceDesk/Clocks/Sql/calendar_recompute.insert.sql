-- Begins to reckon the clocks of a calendar again. $1 id, $2 calendar, $3 version, $4 who, $5 moment. Counts by the index sla_clock_calendar.
insert into calendar_recompute (id, calendar_id, version, total, done, moved, missed, reprieves, last_id, step, asked_by, started_at, changed_at)
values (
  $1, $2, $3,
  (select count(*) from sla_clock where calendar_id = $2 and state < 3 and calendar_version < $3),
  0, 0, 0, 0, '', 0, $4, $5, $5
)

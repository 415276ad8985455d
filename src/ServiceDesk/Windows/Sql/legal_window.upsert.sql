-- The legal window of a place. $1 jurisdiction, $2 opens, $3 closes, $4 days off, $5 holidays, $6 now.
insert into legal_window (jurisdiction, opens, closes, days_off, holidays, changed_at)
values ($1, $2::time, $3::time, $4, $5::date[], $6)
on conflict (jurisdiction) do update
set opens = excluded.opens, closes = excluded.closes, days_off = excluded.days_off, holidays = excluded.holidays, changed_at = excluded.changed_at

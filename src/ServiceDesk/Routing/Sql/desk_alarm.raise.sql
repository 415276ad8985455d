-- Raises an alarm, unless it stands already. $1 key, $2 kind, $3 subject, $4 message, $5 moment. Index: desk_alarm_pkey.
insert into desk_alarm (key, kind, subject, message, raised_at)
values ($1, $2, $3, $4, $5)
on conflict (key) do update
set message = excluded.message,
    raised_at = excluded.raised_at,
    cleared_at = null
where desk_alarm.cleared_at is not null

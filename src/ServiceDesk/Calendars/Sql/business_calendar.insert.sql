-- A new calendar. $1 id, $2 name, $3 zone, $4 moment. Uses the primary key.
insert into business_calendar (id, name, zone, is_default, version, changed_at)
values ($1, $2, $3, not exists (select from business_calendar where is_default), 1, $4)

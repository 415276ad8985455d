-- A version of a calendar. $1 calendar, $2 number, $3 first day or null, $4 hours as JSON, $5 reason, $6 who, $7 moment. Uses the primary key.
insert into business_calendar_version (calendar_id, number, effective_from, hours, reason, made_by, made_at)
values ($1, $2, $3, $4::jsonb, $5, $6, $7)

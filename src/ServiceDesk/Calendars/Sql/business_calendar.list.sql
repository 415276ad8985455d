-- All calendars; a company has few. $1 id or null for all.
select c.id, c.name, c.zone, c.is_default, c.changed_at, v.number, v.effective_from, v.hours::text, v.reason, v.made_by, v.made_at
from business_calendar c
join business_calendar_version v on v.calendar_id = c.id
where $1::text is null or c.id = $1
order by c.name, c.id, v.number

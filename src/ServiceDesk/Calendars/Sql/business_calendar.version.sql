-- The latest version of a calendar. $1 id. Uses the primary key.
select version
from business_calendar
where id = $1

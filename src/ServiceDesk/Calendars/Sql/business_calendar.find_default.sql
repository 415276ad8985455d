-- The calendar of the company. Index: business_calendar_default.
select id
from business_calendar
where is_default

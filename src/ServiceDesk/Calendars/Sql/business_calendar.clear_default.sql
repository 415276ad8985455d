-- No calendar is that of the company. Index: business_calendar_default.
update business_calendar
set is_default = false
where is_default

-- A calendar becomes that of the company. $1 id. Uses the primary key.
update business_calendar
set is_default = true
where id = $1

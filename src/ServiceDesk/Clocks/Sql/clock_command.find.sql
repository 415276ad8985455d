-- A command that is still to be applied. $1 id. Uses the primary key.
select id, clock_id, case_id, metric, verb, at, value::text
from clock_command
where id = $1 and applied_at is null

-- Commands for a clock that are still to be applied, in order of their moments. $1 clock, $2 case, $3 metric. Indexes: clock_command_clock, clock_command_case.
select id, clock_id, case_id, metric, verb, at, value::text
from clock_command
where applied_at is null and clock_id = $1
union all
select id, clock_id, case_id, metric, verb, at, value::text
from clock_command
where applied_at is null and clock_id is null and case_id = $2 and metric = $3
order by at, id

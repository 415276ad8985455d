-- The improvement that works on a problem already, or has the id. $1 id, $2 category, $3 cause, $4 KPI. Uses the primary key and improvement_problem.
select body, rev
from improvement
where id = $1 or (category = $2 and root_cause = $3 and kpi = $4 and state not in ('closed', 'rejected', 'merged'))
order by id <> $1
limit 1

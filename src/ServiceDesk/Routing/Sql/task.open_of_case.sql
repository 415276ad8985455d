-- Open tasks of a case. $1 case. Index: task_case.
select id
from task
where case_id = $1 and state < 6
order by id

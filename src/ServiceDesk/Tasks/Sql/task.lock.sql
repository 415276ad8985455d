-- A task, locked. $1 id. Index: task_pkey.
select *
from task
where id = $1
for update

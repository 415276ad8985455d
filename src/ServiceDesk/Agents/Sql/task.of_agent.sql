-- Tasks that an agent has. $1 agent. Index: task_assignee.
select id
from task
where assignee = $1 and state in (3, 4)

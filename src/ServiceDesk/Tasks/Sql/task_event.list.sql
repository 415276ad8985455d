-- A task's history, oldest first; no more than a person reads. $1 task. Index: task_event_task.
select id, at, actor, verb, rev, detail
from task_event
where task_id = $1
order by id
limit 1000

-- Files of a task. $1 task. Index: task_file_task.
select id, name, media_type, size, sha256, added_by, at
from task_file
where task_id = $1
order by at, id

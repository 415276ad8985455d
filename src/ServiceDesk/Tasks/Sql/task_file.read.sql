-- A file with its content. $1 task, $2 file. Index: task_file_pkey.
select id, name, media_type, size, sha256, added_by, at, content
from task_file
where task_id = $1 and id = $2

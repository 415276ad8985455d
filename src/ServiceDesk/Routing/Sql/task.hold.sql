-- Until when tasks wait for somebody who knows them. $1 tasks, $2 moments. Index: task_pkey.
update task t
set sticky_until = x.until
from unnest($1::text[], $2::timestamptz[]) as x(id, until)
where t.id = x.id

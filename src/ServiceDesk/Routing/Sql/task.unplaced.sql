-- Tasks that came for a queue before there was one. $1 queue. Index: task_queue.
select id
from task
where queue_id = $1 and state < 6 and latest_at is null

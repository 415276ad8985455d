-- All queues with how much waits. No parameters. Index: waiting_order (index only).
select q.*, (select count(*) from waiting w where w.queue_id = q.id) as waiting
from queue q
order by q.id

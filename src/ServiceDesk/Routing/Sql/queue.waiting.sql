-- Open queues in which anything waits. No parameters. Index: waiting_order, one step for each queue.
select q.id
from queue q
where q.state = 0 and exists (select from waiting w where w.queue_id = q.id)

-- Queues with how much waits. $1 one queue or null for all. Index: queue_pkey, waiting_order (index only).
select q.*, (select count(*) from waiting w where w.queue_id = q.id) as waiting
from queue q
where $1::text is null or q.id = $1
order by q.id

-- Offers that stand for an agent. $1 agent. Index: offer_open, task_pkey.
select o.task_id, o.offer_no, o.agent_id, o.queue_id, t.title, t.priority, o.channel, o.offered_at, o.expires_at
from offer o
join task t on t.id = o.task_id
where o.agent_id = $1 and o.state = 0
order by o.offered_at

-- The queues of an agent. $1 agent. Index: queue_member_agent.
select queue_id
from queue_member
where agent_id = $1
order by queue_id

-- Offers that stand for an agent. $1 agent. Index: offer_open.
select task_id, offer_no
from offer
where agent_id = $1 and state = 0

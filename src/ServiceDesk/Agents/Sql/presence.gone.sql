-- Agents whose work is to go to others. $1 disconnected before. Index: presence_gone.
select p.agent_id, a.next_shift_at
from presence p
join agent a on a.id = p.agent_id
where p.status = 8 and not p.is_emptied and p.since <= $1

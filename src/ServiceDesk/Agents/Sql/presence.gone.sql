-- Agents whose work is to go to others, each once. $1 disconnected before. Index: presence_gone.
update presence p
set is_emptied = true
from agent a
where p.agent_id in (
    select agent_id
    from presence
    where status = 8 and not is_emptied and since <= $1
    for update skip locked
  )
  and a.id = p.agent_id
returning p.agent_id, a.next_shift_at

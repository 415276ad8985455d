-- An agent is still there; one that was disconnected is back. $1 agent, $2 moment. Index: presence_pkey.
with before as (
  select agent_id, status
  from presence
  where agent_id = $1
  for update
)
update presence p
set last_heartbeat = $2,
    status = case when p.status = 8 then 1 else p.status end,
    since = case when p.status = 8 then $2 else p.since end,
    is_emptied = false
from before b, agent a
where p.agent_id = b.agent_id and a.id = b.agent_id
returning p.agent_id, a.name, p.status, p.since, p.accepts, p.last_heartbeat, p.reason, b.status = 8

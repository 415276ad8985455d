-- An agent is still there; one that was disconnected is back as before: a break stays a break. $1 agent, $2 moment. Index: presence_pkey.
with before as (
  select agent_id, status
  from presence
  where agent_id = $1
  for update
)
update presence p
set last_heartbeat = $2,
    status = case when p.status = 8 then coalesce(p.before_status, 1) else p.status end,
    reason = case when p.status = 8 then p.before_reason else p.reason end,
    since = case when p.status = 8 then $2 else p.since end,
    before_status = null,
    before_reason = null,
    is_emptied = false
from before b, agent a
where p.agent_id = b.agent_id and a.id = b.agent_id
returning p.agent_id, a.name, p.status, p.since, p.accepts, p.last_heartbeat, p.reason, b.status = 8

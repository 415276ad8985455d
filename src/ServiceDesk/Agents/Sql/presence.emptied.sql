-- The work of an agent has gone to others; nothing when the agent is back meanwhile. $1 agent, $2 disconnected before. Index: presence_pkey.
update presence
set is_emptied = true
where agent_id = $1 and status = 8 and since <= $2

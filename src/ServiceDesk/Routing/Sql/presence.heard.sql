-- An agent has answered an offer: missed ones in a row are forgotten. $1 agent. Index: presence_pkey.
update presence
set misses = 0
where agent_id = $1 and misses > 0

-- Locks the loads of two agents in order of their ids, so that nobody waits in a circle. $1 and $2 agents or null. Index: load_pkey.
select true
from load
where agent_id = any(array[$1, $2]::text[])
order by agent_id
for update

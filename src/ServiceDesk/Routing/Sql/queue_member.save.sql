-- Makes an agent a member; nothing when queue or agent is unknown. $1 queue, $2 agent, $3 primary. Index: queue_member_pkey.
insert into queue_member (queue_id, agent_id, is_primary)
select q.id, a.id, $3
from queue q
join agent a on a.id = $2
where q.id = $1
on conflict (queue_id, agent_id) do update
set is_primary = excluded.is_primary

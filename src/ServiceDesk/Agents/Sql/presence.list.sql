-- Presences, those who are there first. No parameters. Small table.
select p.agent_id, a.name, p.status, p.since, p.accepts, p.last_heartbeat, p.reason
from presence p
join agent a on a.id = p.agent_id
order by p.status in (0, 8), p.agent_id
limit 5000

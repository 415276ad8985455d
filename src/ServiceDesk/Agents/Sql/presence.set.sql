-- Sets a presence; who sets the own one for the first time becomes an agent. $1 agent, $2 name for a new one or null, $3 status, $4 channels or null,
-- $5 all channels, $6 reason, $7 moment. No row: unknown agent. Index: agent_pkey, load_pkey, presence_pkey,
-- task_assignee.
with made as (
  insert into agent (id, name, changed_at)
  select $1, $2, $7
  where $2::text is not null
  on conflict (id) do nothing
  returning id, name
),
who as (
  select id, name from made
  union all
  select id, name from agent where id = $1
),
loaded as (
  insert into load (agent_id, used, open, busy_since)
  select w.id, h.used, h.open, case when h.open <> '{}' then $7 end
  from who w
  cross join lateral load_held(w.id) as h
  on conflict (agent_id) do nothing
),
placed as (
  insert into presence (agent_id, status, since, accepts, last_heartbeat, reason)
  select id, $3, $7, coalesce($4, $5), $7, $6
  from who
  limit 1
  on conflict (agent_id) do update
  set status = excluded.status,
      since = case when presence.status = excluded.status then presence.since else excluded.since end,
      accepts = coalesce($4, presence.accepts),
      last_heartbeat = excluded.last_heartbeat,
      reason = excluded.reason,
      misses = 0,
      before_status = null,
      before_reason = null,
      is_emptied = false
  returning *
)
select p.agent_id, w.name, p.status, p.since, p.accepts, p.last_heartbeat, p.reason
from placed p
join who w on w.id = p.agent_id
limit 1

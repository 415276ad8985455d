-- Disconnects agents that were not heard of. $1 now, $2 last heard before. Index: presence_heartbeat.
update presence
set status = 8,
    since = $1,
    reason = null
where agent_id in (
  select agent_id
  from presence
  where status not in (0, 8) and last_heartbeat <= $2
  for update skip locked
)
returning agent_id

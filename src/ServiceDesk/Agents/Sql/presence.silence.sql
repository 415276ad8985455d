-- Disconnects agents that were not heard of, and remembers what they did. $1 now, $2 last heard before. Index: presence_heartbeat.
update presence
set before_status = status,
    before_reason = reason,
    status = 8,
    since = $1,
    reason = null
where agent_id in (
  select agent_id
  from presence
  where status not in (0, 8) and last_heartbeat <= $2
  for update skip locked
)
returning agent_id

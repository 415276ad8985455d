-- The way that a start has gone before, else the newest switch that is meant for it. $1 instance, $2 queue, $3 category, $4 channel.
-- Index: degraded_start_pkey, degraded_switch_open.
(
  select d.escalation_id, d.version_id, d.trigger_id, null
  from degraded_start d
  where d.instance_id = $1
)
union all
(
  select s.escalation_id, null, null, s.definition_id
  from degraded_switch s
  where s.ended_at is null
    and (
      s.queue_id is null and s.category is null and s.channel is null
      or s.queue_id = $2
      or s.category = $3
      or s.channel = $4
    )
  order by s.since desc
  limit 1
)
limit 1

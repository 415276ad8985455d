-- The members of a queue as decisions see them. $1 queue, $2 now. Index: queue_member_pkey, agent_pkey, load_pkey, presence_pkey, agent_skill_pkey.
with held as (
  select k.agent_id, array_agg(k.skill_id) as ids, array_agg(k.level) as levels, array_agg(k.certified_until) as ends
  from queue_member m
  join agent_skill k on k.agent_id = m.agent_id
  where m.queue_id = $1
  group by k.agent_id
)
select
  a.id, m.is_primary, coalesce(p.status, 0::smallint), coalesce(p.accepts, '{}'), l.total, l.used, l.reserved, l.open::text, a.most::text, a.shift_ends_at,
  l.busy, l.last_assigned_at, case when l.assigned_on = ($2::timestamptz at time zone 'UTC')::date then l.assigned else 0 end,
  h.ids, h.levels, h.ends, l.busy_since
from queue_member m
join agent a on a.id = m.agent_id
join load l on l.agent_id = a.id
left join presence p on p.agent_id = a.id
left join held h on h.agent_id = a.id
where m.queue_id = $1

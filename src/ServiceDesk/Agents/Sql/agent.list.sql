-- Agents by id. $1 one agent or null, $2 after, $3 how many. Index: agent_pkey.
select
  a.id, a.name, a.most::text, a.shift_ends_at, a.next_shift_at, l.total, l.used, l.reserved, coalesce(p.status, 0::smallint),
  s.ids, s.levels, s.ends
from agent a
join load l on l.agent_id = a.id
left join presence p on p.agent_id = a.id
left join lateral (
  select
    array_agg(k.skill_id order by k.skill_id) as ids,
    array_agg(k.level order by k.skill_id) as levels,
    array_agg(k.certified_until order by k.skill_id) as ends
  from agent_skill k
  where k.agent_id = a.id
) s on true
where ($1::text is null or a.id = $1)
  and ($2::text is null or a.id > $2)
order by a.id
limit $3

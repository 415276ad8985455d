-- Says that an agent can do something, and ends alarms that nobody could. $1 agent, $2 skill, $3 level, $4 until, $5 source, $6 moment.
-- Index: agent_skill_pkey.
with held as (
  insert into agent_skill (agent_id, skill_id, level, certified_until, source)
  select a.id, k.id, $3, $4, $5
  from agent a
  join skill k on k.id = $2
  where a.id = $1
  on conflict (agent_id, skill_id) do update
  set level = excluded.level,
      certified_until = excluded.certified_until,
      source = excluded.source
  returning skill_id
),
over as (
  update desk_alarm
  set cleared_at = $6
  where kind = 'skill.held-by-nobody'
    and cleared_at is null
    and subject in (select skill_id from held)
    and ($4::timestamptz is null or $4 > $6)
    and substring(key from '[0-9]+$')::integer <= $3
)
insert into load (agent_id)
select $1
from held
on conflict (agent_id) do update
set total = load.total

-- Reserves or takes units for several offers, by agent in order of id, so that nobody waits in a circle. $1 agents, $2 channels, $3 units,
-- $4 true takes them, $5 moment. Index: load_pkey.
select
  n::integer,
  case when $4 then load_take(agent, channel, units, false, false, $5) else load_reserve(agent, channel, units) end
from (
  select *
  from unnest($1::text[], $2::text[], $3::integer[]) with ordinality as x(agent, channel, units, n)
  order by agent, n
) as ordered

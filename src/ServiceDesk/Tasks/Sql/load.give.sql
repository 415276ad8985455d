-- Reserves or takes the units of a task; who has no load has no limit. $1 agent, $2 true reserves only, $3 true uses what was reserved, $4 channel,
-- $5 units, $6 true over the limit, $7 moment. False: they do not fit. Index: load_pkey.
select case when $2 then load_reserve($1, $4, $5) else load_take($1, $4, $5, $3, $6, $7) end
from load
where agent_id = $1

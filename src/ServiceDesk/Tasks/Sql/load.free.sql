-- Gives back the units of a task. $1 agent, $2 true where they were reserved only, $3 channel, $4 units, $5 moment. Index: load_pkey.
select case when $2 then load_withdraw($1, $3, $4) else load_release($1, $3, $4, $5) end
from load
where agent_id = $1

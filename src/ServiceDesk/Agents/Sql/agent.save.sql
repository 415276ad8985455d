-- Makes or changes an agent with its units. $1 id, $2 name, $3 most by channel, $4 end of shift, $5 next shift, $6 units, $7 moment. Index: agent_pkey, task_assignee.
with saved as (
  insert into agent (id, name, most, shift_ends_at, next_shift_at, changed_at)
  values ($1, $2, $3::jsonb, $4, $5, $7)
  on conflict (id) do update
  set name = excluded.name,
      most = excluded.most,
      shift_ends_at = excluded.shift_ends_at,
      next_shift_at = excluded.next_shift_at,
      changed_at = excluded.changed_at,
      rev = agent.rev + 1
  returning id
)
insert into load (agent_id, total, used, open, busy_since)
select s.id, $6, h.used, h.open, case when h.open <> '{}' then $7 end
from saved s
cross join lateral load_held(s.id) as h
on conflict (agent_id) do update
set total = excluded.total

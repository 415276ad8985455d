-- Moves the units of a task from one agent to another; agents without units, and nobody, always have room. Rows are locked by id first.
-- $1 from, $2 true where they were reserved only, $3 to, $4 true where they are to be reserved only, $5 channel, $6 units, $7 true over the limit,
-- $8 moment. False: they do not fit. Index: load_pkey.
with locked as materialized (
  select agent_id
  from load
  where agent_id = any(array[$1, $3]::text[])
  order by agent_id
  for update
),
freed as materialized (
  select case
    when (select count(*) from locked) < 0 or $1::text is null or ($1 = $3 and $2 and not $4) then true
    when $2 then load_withdraw($1, $5, $6)
    else load_release($1, $5, $6, $8)
  end as done
)
select case
  when (select count(*) from freed where done is not null) = 0 or $3::text is null then true
  when not exists (select from load where agent_id = $3) then true
  when $4 then load_reserve($3, $5, $6)
  else load_take($3, $5, $6, coalesce($1 = $3 and $2, false), $7, $8)
end

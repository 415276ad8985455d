-- It is tried again. $1 id, $2 when, $3 by the same agent or null, $4 on time, $5 first attempt. Uses the primary key.
update callback
set rev = rev + 1, generation = generation + 1, state = 'retry-scheduled', next_at = $2, same_agent = $3, is_on_time = coalesce(is_on_time, $4),
  first_attempt_at = coalesce(first_attempt_at, $5)
where id = $1
returning generation

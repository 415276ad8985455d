-- A callback ends. $1 id, $2 state, $3 why, $4 when, $5 on time or null, $6 first attempt or null. Uses the primary key.
update callback
set rev = rev + 1, generation = generation + 1, state = $2, end_reason = $3, ended_at = $4, next_at = null, is_on_time = coalesce(is_on_time, $5),
  first_attempt_at = coalesce(first_attempt_at, $6)
where id = $1 and ended_at is null

-- A follow-up ends. $1 id, $2 state, $3 why or null, $4 when. Uses the primary key.
update follow_up set state = $2, reason = $3, ended_at = $4, generation = generation + 1 where id = $1 and ended_at is null

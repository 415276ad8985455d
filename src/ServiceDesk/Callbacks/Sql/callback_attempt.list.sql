-- Attempts of a callback. $1 callback. Uses the primary key.
select no, at, outcome, agent, note from callback_attempt where callback_id = $1 order by no

-- A callback goes on. $1 id, $2 state. Uses the primary key.
update callback set rev = rev + 1, state = $2 where id = $1

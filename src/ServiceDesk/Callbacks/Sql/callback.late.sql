-- The window has passed without an attempt. $1 id. Uses the primary key.
update callback set is_on_time = false, rev = rev + 1 where id = $1 and is_on_time is null and ended_at is null

-- Removes sessions that ended long ago. $1 moment. session_open does not help; a few thousand rows, once an hour.
delete from session
where coalesce(ended_at, ends_at) < $1

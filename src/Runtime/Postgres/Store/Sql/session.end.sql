-- Ends a connection that was lost, so that what it did last is either done or undone. $1 pid, $2 start of the session. No table.
select pg_terminate_backend(pid)
from pg_stat_activity
where pid = $1 and backend_start = $2

-- Whether a session is still there. $1 pid, $2 start of the session. No table.
select count(*)
from pg_stat_activity
where pid = $1 and backend_start = $2

-- Promises of cases that are settled were kept, unless their moment has passed. $1 cases, $2 when each was settled. Uses promise_case.
update promise p
set kept_at = s.at
from unnest($1, $2) s (case_id, at)
where p.case_id = s.case_id and p.kept_at is null and p.broken_at is null and p.due_at >= s.at

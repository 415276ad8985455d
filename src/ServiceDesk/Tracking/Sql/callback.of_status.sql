-- Callbacks of a case that are to come. $1 case. Uses callback_case.
select id, window_start, window_end
from callback
where case_id = $1 and ended_at is null
order by requested_at, id
limit 20

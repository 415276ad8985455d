-- Hand-overs of a case, the latest first. $1 case. Uses hand_over_case.
select id, case_id, reason, note, to_queue, summary::text, at
from hand_over
where case_id = $1
order by at desc, id desc

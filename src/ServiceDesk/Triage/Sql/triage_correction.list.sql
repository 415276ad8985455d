-- What people said that a case is about, the newest first. $1 case, $2 how many. Uses triage_correction_case.
select id, at, by, reason, result_id, intent_before, intent, category, queue, is_misroute
from triage_correction
where case_id = $1
order by at desc, id desc
limit $2

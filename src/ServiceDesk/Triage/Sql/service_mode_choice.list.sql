-- Who served a case, the newest first. $1 case, $2 how many. Uses service_mode_choice_case.
select id, at, mode, reason, sentiment, is_angry, complexity, contact_no, priority, has_answer
from service_mode_choice
where case_id = $1
order by at desc, id desc
limit $2

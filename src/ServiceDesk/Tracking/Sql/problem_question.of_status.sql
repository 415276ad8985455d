-- Keys of open questions. $1 case. Uses the primary key.
select key
from problem_question
where case_id = $1 and answered_at is null
order by opened_at, key
limit 20

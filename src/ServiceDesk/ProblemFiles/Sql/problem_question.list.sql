-- Questions of a case, the open ones first. $1 case. Uses the primary key.
select key, question, asked_count, repeat_count, answer, source, opened_at, answered_at
from problem_question
where case_id = $1
order by answered_at is not null, opened_at, key

-- Answers a question; a later answer counts. $1 case, $2 key, $3 answer, $4 by whom, $5 now. Uses the primary key.
update problem_question
set answer = $3, source = $4, answered_at = $5
where case_id = $1 and key = $2

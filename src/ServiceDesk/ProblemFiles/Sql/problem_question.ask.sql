-- Counts that a question is asked, apart where its answer is there. $1 case, $2 key. Uses the primary key.
update problem_question
set asked_count = asked_count + case when answered_at is null then 1 else 0 end,
  repeat_count = repeat_count + case when answered_at is null then 0 else 1 end
where case_id = $1 and key = $2

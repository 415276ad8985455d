-- Opens questions that are not there. $1 case, $2 keys, $3 questions, $4 now. Uses the primary key.
insert into problem_question (case_id, key, question, opened_at)
select $1, q.key, q.question, $4
from unnest($2::text[], $3::text[]) as q (key, question)
on conflict (case_id, key) do nothing

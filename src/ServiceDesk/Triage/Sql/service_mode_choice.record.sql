-- Who serves cases. $1 ids, $2 cases, $3 moments, $4 modes, $5 reasons, $6 sentiments, $7 angry, $8 complexities, $9 contact numbers, $10 priorities,
-- $11 with an answer. Uses the primary keys.
insert into service_mode_choice (id, case_id, at, mode, reason, sentiment, is_angry, complexity, contact_no, priority, has_answer)
select t.id, s.id, t.at, t.mode, t.reason, t.sentiment, t.is_angry, t.complexity, t.contact_no, t.priority, t.has_answer
from unnest(
  $1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::double precision[], $7::boolean[], $8::text[], $9::integer[], $10::smallint[],
  $11::boolean[])
  as t (id, case_id, at, mode, reason, sentiment, is_angry, complexity, contact_no, priority, has_answer)
join service_case s on s.id = t.case_id
on conflict (id) do nothing

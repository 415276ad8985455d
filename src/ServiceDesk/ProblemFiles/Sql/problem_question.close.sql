-- Closes questions whose answer is among the facts, by the surest one. $1 case, $2 now. Uses the primary keys.
update problem_question q
set answer = f.value, source = f.source, answered_at = $2
from (
  select distinct on (key) key, value, source
  from problem_fact
  where case_id = $1 and confidence >= 0.5
  order by key, confidence desc, at, value
) f
where q.case_id = $1 and q.key = f.key and q.answered_at is null

-- Facts of a case, the surest first for each key. $1 case. Uses the primary key.
select key, value, source, confidence, at
from problem_fact
where case_id = $1
order by key, confidence desc, at, value

-- What was tried for a case. $1 case. Uses problem_attempt_case.
select what, article_id, by_whom, result, at
from problem_attempt
where case_id = $1
order by at, key

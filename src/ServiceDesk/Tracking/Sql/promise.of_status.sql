-- What the customer was promised. $1 case. Uses promise_case.
select what, due_at, kept_at, broken_at
from promise
where case_id = $1
order by due_at, id
limit 50

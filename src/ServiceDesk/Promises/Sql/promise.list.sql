-- Promises about a case. $1 case. Uses promise_case.
select id, case_id, customer_id, what, due_at, made_at, kept_at, broken_at from promise where case_id = $1 order by due_at, id

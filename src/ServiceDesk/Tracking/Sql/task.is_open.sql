-- Whether a task of a case waits for a person. $1 case. Uses task_case.
select exists (select 1 from task where case_id = $1 and state < 6)

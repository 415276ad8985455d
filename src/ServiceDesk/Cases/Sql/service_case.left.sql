-- The workflow of cases has ended. $1 instance, $2 moment, $3 how: finished, faulted or cancelled. Uses service_case_instance.
select service_case_left($1, $2, $3)

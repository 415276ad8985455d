-- All transitions that the table knows.
select from_status, to_status from service_case_transition

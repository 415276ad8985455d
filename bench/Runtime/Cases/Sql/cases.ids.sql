-- Ids of a case and of what hangs on it. $1 case.
select $1
union
select id from workflow_instance where correlation_id = $1 and finished_at is null
union
select id from sla_clock where case_id = $1

-- The clock of a case that is meant by a metric: an open one before one that ended, the latest. $1 case, $2 metric. Index: sla_clock_case.
select id
from sla_clock
where case_id = $1 and metric = $2
order by state < 3 desc, started_at desc, id desc
limit 1

-- How often a subject was raised and came to its end, the open escalation, and since when that is clear. $1 case, $2 kind, $3 subject, $4 metric.
-- Index: escalation_case.
select count(*) filter (where state = 2), max(id) filter (where state < 2), max(clear_since) filter (where state < 2)
from escalation
where case_id = $1 and subject_kind = $2 and subject_id = $3 and metric = $4

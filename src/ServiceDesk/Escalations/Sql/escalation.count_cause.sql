-- Escalations of a cause that were raised since a moment. $1 cause, $2 moment. Index: escalation_cause.
select count(*)
from escalation
where cause = $1 and raised_at >= $2 and subject_kind <> 'storm'

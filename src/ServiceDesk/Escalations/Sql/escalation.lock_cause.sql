-- Open escalations of a cause that speak for themselves, raised since a moment: those of a storm are silent, and are not held by each one that comes.
-- $1 cause, $2 moment. Index: escalation_cause. Ordered, so that two of these never wait in a ring.
select id, subject_kind, subject_id, metric, case_id, priority, cause, assignee, queue_id, calendar_id, level, state, reason, raised_at, level_at, ack_deadline, ack_by, ack_at, clear_since, ended_at, parent_id, is_silent, round, next_at, generation, rev
from escalation
where cause = $1 and raised_at >= $2 and subject_kind <> 'storm' and state < 2 and not is_silent
order by id
for update

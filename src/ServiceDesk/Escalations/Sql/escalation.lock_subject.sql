-- The open escalation of a subject. $1 kind, $2 subject, $3 metric. Index: escalation_subject.
select id, subject_kind, subject_id, metric, case_id, priority, cause, assignee, queue_id, calendar_id, level, state, reason, raised_at, level_at, ack_deadline, ack_by, ack_at, clear_since, ended_at, parent_id, is_silent, round, next_at, generation, rev
from escalation
where subject_kind = $1 and subject_id = $2 and metric = $3 and state < 2
for update

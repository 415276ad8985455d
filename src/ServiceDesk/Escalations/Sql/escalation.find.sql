-- An escalation. $1 id. Uses the primary key.
select id, subject_kind, subject_id, metric, case_id, priority, cause, assignee, queue_id, calendar_id, level, state, reason, raised_at, level_at, ack_deadline, ack_by, ack_at, clear_since, ended_at, parent_id, is_silent, round, next_at, generation, rev
from escalation
where id = $1

-- A page of escalations, newest first. $1 state, $2 level, $3 case, $4 parent, $5 only open ones, $6 before this id, $7 how many; null does not count.
-- Planned for its values. Indexes: the primary key, escalation_open, escalation_case, escalation_parent.
select id, subject_kind, subject_id, metric, case_id, priority, cause, assignee, queue_id, calendar_id, level, state, reason, raised_at, level_at, ack_deadline, ack_by, ack_at, clear_since, ended_at, parent_id, is_silent, round, next_at, generation, rev
from escalation
where ($1::smallint is null or state = $1)
  and ($2::smallint is null or level = $2)
  and ($3::text is null or case_id = $3)
  and ($4::text is null or parent_id = $4)
  and (not $5::boolean or state < 2)
  and ($6::text is null or id < $6)
order by id desc
limit $7

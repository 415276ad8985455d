-- One follow-up, locked. $1 id. Uses the primary key.
select id, generation, case_id, customer_id, instance_id, bookmark_id, kind, metric, cause, channel, has_template, settled_at, state, reason, planned_at, sent_at,
  ended_at, expires_at, made_at
from follow_up
where id = $1
for update

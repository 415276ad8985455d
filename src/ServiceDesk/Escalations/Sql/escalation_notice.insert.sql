-- People who are to be told; those who were told of the level, or will be, are left alone; whoever was not told while a parent spoke is told now.
-- $1 escalation, $2 levels, $3 recipients, $4 roles, $5 moments. Primary key.
insert into escalation_notice (escalation_id, level, recipient, role, due_at)
select $1, t.level, t.recipient, t.role, t.due_at
from unnest($2::smallint[], $3::text[], $4::text[], $5::timestamptz[]) as t (level, recipient, role, due_at)
on conflict (escalation_id, level, recipient) do update
set role = excluded.role, due_at = excluded.due_at, suppressed = null
where escalation_notice.sent_at is null and escalation_notice.suppressed is not null
returning level, recipient, due_at

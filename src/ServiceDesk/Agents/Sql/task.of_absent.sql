-- Tasks of a case that wait in nobody's queue but belong to somebody who is not there: never was, has gone, rests elsewhere, or whose shift is over.
-- Statuses: 0 offline, 5 training, 6 away, 8 disconnected. $1 case, $2 now. Index: task_case, agent_pkey, presence_pkey.
select t.id, t.assignee, a.next_shift_at
from task t
left join agent a on a.id = t.assignee
left join presence p on p.agent_id = t.assignee
where t.case_id = $1
  and t.assignee is not null
  and t.queue_id is not null
  and t.state in (3, 4)
  and t.ended_at is null
  and (p.status is null or p.status in (0, 5, 6, 8) or a.shift_ends_at <= $2)

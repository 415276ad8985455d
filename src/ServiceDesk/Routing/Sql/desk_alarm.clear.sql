-- Ends alarms whose cause has gone: the task was taken or has ended, the queue is there now. $1 moment. Index: desk_alarm_standing, task_pkey, queue_pkey.
update desk_alarm a
set cleared_at = $1
where a.cleared_at is null
  and (
    (
      a.kind in ('task.overdue', 'task.declined-by-many')
      and not exists (select from task t where t.id = a.subject and t.state in (1, 2))
    )
    or (a.kind = 'queue.unknown' and exists (select from queue q where q.id = a.subject))
  )

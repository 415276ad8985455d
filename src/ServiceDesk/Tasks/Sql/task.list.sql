-- A page of tasks, newest first, planned for its values. $1 open ones, $2 queue, $3 assignee, $4 case, $5 instance, $6 states, $7 and $8 last of the page
-- before, $9 how many; null for any. Index: task_open, task_queue, task_assignee, task_case, task_instance or task_created.
select *
from task
where ($1::boolean is null or (state < 6) = $1)
  and ($2::text is null or queue_id = $2)
  and ($3::text is null or assignee = $3)
  and ($4::text is null or case_id = $4)
  and ($5::text is null or instance_id = $5)
  and ($6::smallint[] is null or state = any($6))
  and ($7::timestamptz is null or (created_at, id) < ($7, $8::text))
order by created_at desc, id desc
limit $9

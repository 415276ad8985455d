-- Tasks that were answered, or that nobody waits for any more.
-- $1 task ids. Uses the primary key.
delete from run_task
where task_id = any ($1::text[])

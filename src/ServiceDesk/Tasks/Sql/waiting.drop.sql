-- Takes a task out of all queues. $1 task. Index: waiting_pkey.
delete from waiting
where task_id = $1

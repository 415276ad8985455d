-- What was asked for under an id. $1 task, $2 operation. Index: task_operation_pkey.
select fingerprint, answer
from task_operation
where task_id = $1 and operation_id = $2

-- Remembers what was asked for under an id. $1 task, $2 operation, $3 fingerprint, $4 rev, $5 answer, $6 moment. Index: task_operation_pkey.
insert into task_operation (task_id, operation_id, fingerprint, rev, answer, at)
values ($1, $2, $3, $4, $5, $6)

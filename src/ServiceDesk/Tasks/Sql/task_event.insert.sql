-- A line of a task's history. $1 task, $2 moment, $3 who, $4 verb, $5 rev, $6 more. No index.
insert into task_event (task_id, at, actor, verb, rev, detail)
values ($1, $2, $3, $4, $5, $6)

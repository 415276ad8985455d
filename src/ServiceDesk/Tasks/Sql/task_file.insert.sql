-- A file of a task. $1 id, $2 task, $3 name, $4 kind, $5 bytes, $6 hash, $7 content, $8 who, $9 moment. No index.
insert into task_file (id, task_id, name, media_type, size, sha256, content, added_by, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)

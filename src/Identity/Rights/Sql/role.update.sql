-- Changes a role. $1 name, $2 title, $3 permissions, $4 moment, $5 row version that was seen. Primary key.
update role
set title = $2, permissions = $3, changed_at = $4, row_version = row_version + 1
where name = $1 and row_version = $5

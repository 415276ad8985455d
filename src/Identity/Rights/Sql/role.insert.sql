-- A new role. $1 name, $2 title, $3 permissions, $4 moment. Nothing happens, by the primary key, when there is one of that name.
insert into role (name, title, permissions, row_version, created_at, changed_at)
values ($1, $2, $3, 1, $4, $4)
on conflict (name) do nothing

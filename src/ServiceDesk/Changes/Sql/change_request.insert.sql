-- A new change request. $1 id, $2 state, $3 kind, $4 title, $5 body, $6 operation, $7 now. Uses the primary key.
insert into change_request (id, state, kind, title, body, operation, made_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
on conflict do nothing

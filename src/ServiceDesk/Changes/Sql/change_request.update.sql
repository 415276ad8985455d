-- A change request as it is now; it was locked before. $1 id, $2 state, $3 kind, $4 title, $5 body, $6 operation, $7 now. Uses the primary key.
update change_request
set rev = rev + 1, state = $2, kind = $3, title = $4, body = $5, operation = $6, changed_at = $7
where id = $1

-- The moment has passed. $1 id, $2 now. Uses the primary key.
update promise set broken_at = $2 where id = $1 and kept_at is null and broken_at is null
returning case_id, customer_id, what, due_at

-- A promise. $1 id. Uses the primary key.
select id, case_id, customer_id, what, due_at, made_at, kept_at, broken_at from promise where id = $1

-- With whom a thread is, and about what; what is known stays. $1 id, $2 customer or null, $3 case or null. Uses the primary key.
update conversation set customer_id = coalesce(customer_id, $2), case_id = coalesce($3, case_id) where id = $1

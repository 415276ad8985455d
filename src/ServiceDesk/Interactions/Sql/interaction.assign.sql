-- Whose a contact is, and where it belongs. $1 id, $2 customer, $3 case, $4 thread, $5 state. Uses the primary key.
update interaction set customer_id = $2, case_id = $3, conversation_id = $4, state = $5 where id = $1

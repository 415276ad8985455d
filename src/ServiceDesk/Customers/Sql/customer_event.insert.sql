-- A line of the history. $1 customer, $2 now, $3 who, $4 what, $5 facts.
insert into customer_event (customer_id, at, actor, action, facts) values ($1, $2, $3, $4, $5::jsonb)

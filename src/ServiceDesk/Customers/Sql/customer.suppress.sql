-- No calls until a moment. $1 id, $2 until. Uses the primary key.
update customer set suppressed_until = $2, rev = rev + 1 where id = (select root_id from customer where id = $1)

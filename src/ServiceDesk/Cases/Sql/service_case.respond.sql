-- The first answer to the customer. $1 id, $2 when. Uses the primary key.
update service_case set first_response_at = $2, rev = rev + 1 where id = $1 and first_response_at is null and status <> 'closed'

-- The customer is asked to choose a moment. $1 id, $2 zones. Uses the primary key.
update callback set rev = rev + 1, generation = generation + 1, needs_booking = true, zones = $2::jsonb where id = $1

-- When the customer is to be asked. $1 id, $2 when. Uses the primary key.
update follow_up set planned_at = $2, generation = generation + 1 where id = $1 returning generation

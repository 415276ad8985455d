-- Slots of a range without room. $1 from, $2 to. Uses the primary key.
select starts_at from callback_slot where starts_at >= $1 and starts_at < $2 and reserved >= capacity

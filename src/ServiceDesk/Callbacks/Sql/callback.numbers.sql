-- The customer has given the number to call. $1 id, $2 numbers. Uses the primary key.
update callback set rev = rev + 1, numbers = $2 where id = $1

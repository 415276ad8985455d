-- Counts an attempt to sign in before it is looked at, so that no number of attempts at once gets past the lock. $1 id, $2 moment, $3 most attempts,
-- $4 until when the last of them locks. Primary key. No row: locked.
update person
set failed_count = case when failed_count + 1 >= $3 then 0 else failed_count + 1 end,
    locked_until = case when failed_count + 1 >= $3 then $4::timestamptz end
where id = $1 and (locked_until is null or locked_until <= $2)
returning locked_until is not null

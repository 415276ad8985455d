-- Takes back an attempt that was right; those before it stay counted. $1 id, $2 whether it was the one that locked, $3 most attempts, $4 until when it locked.
-- Primary key. A lock that another attempt brought meanwhile stays.
update person
set failed_count = case when $2 then $3 - 1 else greatest(failed_count - 1, 0) end,
    locked_until = case when not $2 then locked_until end
where id = $1 and (not $2 or locked_until = $4)

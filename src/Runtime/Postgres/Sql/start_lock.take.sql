-- Waits until no other session holds the lock. $1 key. No table.
select pg_advisory_lock($1)

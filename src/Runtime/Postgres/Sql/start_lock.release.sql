-- Lets the next session have the lock. $1 key. No table.
select pg_advisory_unlock($1)

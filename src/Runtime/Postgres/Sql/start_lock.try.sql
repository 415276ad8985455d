-- True if no other session holds the lock; then this one does, until start_lock.release or its end. $1 key. No table.
select pg_try_advisory_lock($1)

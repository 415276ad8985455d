-- Gives the lock back. $1 key of the advisory lock of the session.
select pg_advisory_unlock($1)

-- Lets one node at a time make or change Hangfire's tables. $1 key of the advisory lock of the session.
select pg_advisory_lock($1)

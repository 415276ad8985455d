-- Lets one node at a time bring in what a fresh database lacks. $1 key of the advisory lock of the session. No table.
select pg_advisory_lock($1)

-- Gives the turn back. $1 key of the advisory lock of the session. No table.
select pg_advisory_unlock($1)

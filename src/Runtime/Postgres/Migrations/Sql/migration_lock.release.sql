-- Lets the next node migrate. $1 key. No table.
select pg_advisory_unlock($1)

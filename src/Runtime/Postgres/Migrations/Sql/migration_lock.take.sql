-- Waits until no other node migrates this database. $1 key. No table.
select pg_advisory_lock($1)

-- True if no other node migrates this database; held by the session until migration_lock.release. $1 key. No table.
select pg_try_advisory_lock($1)

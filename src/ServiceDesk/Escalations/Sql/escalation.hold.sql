-- Waits for others who raise the same cause or subject. $1 what.
select pg_advisory_xact_lock(hashtextextended($1, 714))

-- Lets those who take improvements for one team go one after the other, until the transaction ends. $1 team.
select pg_advisory_xact_lock(hashtextextended('improvement:' || $1, 0))

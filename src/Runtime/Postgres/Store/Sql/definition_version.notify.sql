-- Tells the nodes that definitions changed, when the transaction commits. $1 channel, $2 line of versions. No table.
select pg_notify($1, $2)

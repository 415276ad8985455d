-- Tells all nodes something. $1 channel, $2 text. No table.
select pg_notify($1, $2)

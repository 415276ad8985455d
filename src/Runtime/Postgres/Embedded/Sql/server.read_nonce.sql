-- What the server finds in a file of its data folder; null if it has no such file. $1 path below the data folder. No table.
select pg_read_file($1, 0, 100, true)

-- The statement by which commits to a database do not wait for the disk: nodes are killed in a replay, its server is not. $1 name. No table.
select format('alter database %I set synchronous_commit = off', $1)

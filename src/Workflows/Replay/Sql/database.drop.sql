-- The statement that removes a database, with its connections. $1 name.
select format('drop database if exists %I with (force)', $1::text)

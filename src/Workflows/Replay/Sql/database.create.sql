-- The statement that makes a database: names cannot be parameters. $1 name.
select format('create database %I', $1::text)

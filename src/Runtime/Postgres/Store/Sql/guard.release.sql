-- Gives a guard back. $1 name, $2 owner. Index: guard_pkey.
delete from guard
where name = $1 and owner = $2

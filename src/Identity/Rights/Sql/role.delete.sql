-- Removes a role that nobody has. $1 name. Primary key; person_roles for its holders.
delete from role
where name = $1 and not exists (select 1 from person where roles @> array[$1])

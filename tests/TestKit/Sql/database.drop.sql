-- The text of a drop database, which takes no parameters itself. $1 name. No table.
select format('drop database if exists %I with (force)', $1::text)

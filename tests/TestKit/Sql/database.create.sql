-- The text of a create database, which takes no parameters itself. $1 name, $2 template. No table.
select format('create database %I template %I', $1::text, $2::text)

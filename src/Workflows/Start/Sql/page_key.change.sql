-- Writes a key as it is encrypted now. $1 name, $2 xml as it was read, $3 xml. One that another node has changed meanwhile, by the primary key, stays as it is.
update page_key
set xml = $3
where name = $1 and xml = $2;

-- Removes work. $1 ids. Index: work_pkey.
with there as (
  select id
  from work
  where id = any($1)
  order by id
  for update
)
delete from work
where id = any(array(select id from there))

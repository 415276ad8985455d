-- A merge was taken back. $1 id, $2 now, $3 who. Uses the primary key.
update customer_merge set undone_at = $2, undone_by = $3 where id = $1

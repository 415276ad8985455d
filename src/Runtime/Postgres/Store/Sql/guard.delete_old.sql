-- Removes guards whose holders died long ago. $1 moment. The table is small.
delete from guard
where until < $1

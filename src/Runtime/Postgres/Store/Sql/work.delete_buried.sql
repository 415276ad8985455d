-- Removes some of what was set aside long ago. $1 moment, $2 how many. Index: work_buried.
delete from work
where id = any(array(select id from work where buried_at < $1 order by buried_at limit $2))

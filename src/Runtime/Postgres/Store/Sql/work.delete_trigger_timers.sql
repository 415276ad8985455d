-- Removes the timers of a line's triggers. $1 line, $2 kind. Index: work_instance.
delete from work
where instance_id = $1 and kind = $2

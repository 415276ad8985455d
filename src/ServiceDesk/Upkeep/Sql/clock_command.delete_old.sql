-- Removes commands that were applied long ago. $1 before when, $2 how many. Index: clock_command_applied, clock_command_pkey.
delete from clock_command
where id = any (array(select id from clock_command where applied_at < $1 order by applied_at limit $2))

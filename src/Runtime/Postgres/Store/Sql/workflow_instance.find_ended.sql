-- Some instances that ended before a moment, oldest first. $1 moment, $2 how many. Index: workflow_instance_finished, backwards.
select id
from workflow_instance
where finished_at < $1
order by finished_at nulls first
limit $2

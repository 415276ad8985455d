-- Which instances were written last by one attempt to commit. $1 ids, $2 commit id. Index: workflow_instance_pkey.
select id
from workflow_instance
where id = any($1) and commit_id = $2

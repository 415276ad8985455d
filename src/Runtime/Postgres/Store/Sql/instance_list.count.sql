-- How many there are, at most so many. The filter stands at FILTER; $25 at most, null for all. Index: workflow_instance_created and others, alone.
select count(*)
from (
  select
  from workflow_instance
  where FILTER
  limit $25
) counted

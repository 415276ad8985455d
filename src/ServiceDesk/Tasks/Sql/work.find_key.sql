-- Number of a piece of work. $1 key. Index: work_key_key.
select id
from work
where key = $1

-- An improvement that is about to be changed. $1 id. Uses the primary key.
select body, rev, operation
from improvement
where id = $1
for update

-- An improvement. $1 id. Uses the primary key.
select body, rev
from improvement
where id = $1

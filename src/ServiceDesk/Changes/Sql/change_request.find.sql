-- A change request. $1 id. Uses the primary key.
select body, rev
from change_request
where id = $1

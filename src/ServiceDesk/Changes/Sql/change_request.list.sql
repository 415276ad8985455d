-- A page of change requests, the newest first. $1 state or null, $2 and $3 moment and id of the last one seen or null, $4 how many. Uses change_request_list.
select body, rev
from change_request
where ($1::text is null or state = $1)
  and ($2::timestamptz is null or (made_at, id) < ($2, $3))
order by made_at desc, id desc
limit $4

-- A page of improvements, the newest first. $1 state or null, $2 team or null, $3 and $4 moment and id of the last one seen or null, $5 how many. Uses
-- improvement_list.
select body, rev
from improvement
where ($1::text is null or state = $1)
  and ($2::text is null or team = $2)
  and ($3::timestamptz is null or (made_at, id) < ($3, $4))
order by made_at desc, id desc
limit $5

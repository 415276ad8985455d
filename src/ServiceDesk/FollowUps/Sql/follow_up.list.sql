-- A page of follow-ups, the newest first. $1 state or null, $2 case or null, $3 customer that goes on or null, $4 and $5 moment and id of the last one seen or
-- null, $6 how many. Uses follow_up_list, follow_up_case or follow_up_customer.
select id, generation, case_id, customer_id, instance_id, bookmark_id, kind, metric, cause, channel, has_template, settled_at, state, reason, planned_at, sent_at,
  ended_at, expires_at, made_at
from follow_up
where ($1::text is null or state = $1)
  and ($2::text is null or case_id = $2)
  and ($3::text is null or customer_id in (select id from customer where root_id = $3))
  and ($4::timestamptz is null or (made_at, id) < ($4, $5))
order by made_at desc, id desc
limit $6

-- A page of callbacks, the newest first. $1 state or null, $2 case or null, $3 customer that goes on or null, $4 true for those to be made only, $5 and $6 moment and
-- id of the last one seen or null, $7 how many. Uses callback_list, callback_case or callback_customer.
select id, rev, generation, case_id, customer_id, instance_id, bookmark_id, channel, numbers, reason, segment, wish_start, wish_end, state, window_start,
  window_end, next_at, slot_reason, propensity, zones::text, needs_booking, same_agent, is_on_time, was_moved, contact_at, end_reason, requested_at, ended_at
from callback
where ($1::text is null or state = $1)
  and ($2::text is null or case_id = $2)
  and ($3::text is null or customer_id in (select id from customer where root_id = $3))
  and (not $4 or ended_at is null)
  and ($5::timestamptz is null or (requested_at, id) < ($5, $6))
order by requested_at desc, id desc
limit $7
